// What ipclab measures beside a peer: one fresh experiment of its server.
#pragma once

#include <array>
#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/lab.h"
#include "tests/bench/peers/peer.h"

namespace ipclab::bench {

struct OwnRun {
  double nanos;
  std::array<int, 2> cpus;  // where its two workers ran
};

absl::StatusOr<OwnRun> MeasureOwn(Lab& lab, const OwnFigure& figure,
                                  v1::Placement::Policy placement);

// "half of posix_mq round_trip 64 B, mean"
std::string TextOf(const OwnFigure& figure);

}  // namespace ipclab::bench
