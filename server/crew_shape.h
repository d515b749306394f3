// Who the workers of a measurement are, and how they are linked. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "ipclab/internal/control.pb.h"
#include "ipclab/v1/experiment.pb.h"
#include "ipclab/v1/mechanism.pb.h"

namespace ipclab {

// One object of the mechanism and the workers that use it, by index. The first sender hosts it.
struct LinkShape {
  std::vector<int> senders;
  std::vector<int> receivers;  // may be senders too: of a lock, and of a loopback mechanism
  bool duplex = false;

  bool operator==(const LinkShape&) const = default;
};

struct CrewShape {
  std::vector<internal::Role> roles;  // one per worker
  // A worker that receives on some and sends on others finds the former first.
  std::vector<LinkShape> links;
};

// True when the workers of this pattern all use one object of the mechanism, however many they are.
bool SharesObject(v1::Pattern::Kind pattern, const v1::Mechanism& mechanism);

// measure: validated, with senders, receivers and workers filled in.
CrewShape ShapeOf(const v1::MeasureSpec& measure, const v1::Mechanism& mechanism);

// How many messages arrive in all while the experiment is advanced by one.
int64_t ArrivalsPerStep(const v1::MeasureSpec& measure);

}  // namespace ipclab
