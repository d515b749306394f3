// What of a plan is measured, now that it is known which mechanisms there are and what each takes.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/cli/measure/measure_plan.h"
#include "ipclab/v1/mechanism.pb.h"

namespace ipclab::cli {

// A mechanism, or something of it, or an option that some do not have.
struct LeftOut {
  std::string mechanism;
  std::string reason;

  bool operator==(const LeftOut&) const = default;
};

struct Selection {
  std::vector<MeasureItem> items;
  std::vector<LeftOut> left_out;
};

// The plan's mechanisms, or every available one, at each of its sizes, in each pattern, with each
// way to wait, in order. Of named ones all is there, so that the server says what it refuses; of
// all, only what they take. Where a plan says nothing of the pattern it is ROUND_TRIP, or the first
// that a mechanism lists.
Selection Select(const MeasurePlan& plan, const std::vector<v1::Mechanism>& mechanisms);

// INVALID_ARGUMENT when something was asked for that fits to nothing of what is measured: an option
// that no mechanism has, senders where no pattern takes them.
absl::Status CheckUse(const MeasurePlan& plan, const Selection& selection,
                      const std::vector<v1::Mechanism>& mechanisms);

// The plan's spec for one item, without what its pattern does not take and, where there are several
// mechanisms, without the options that this one does not have. mechanism: null when unknown.
v1::ExperimentSpec SpecOf(const MeasurePlan& plan, const MeasureItem& item,
                          const v1::Mechanism* mechanism);

// The one with this id, or null.
const v1::Mechanism* FindMechanism(const std::vector<v1::Mechanism>& mechanisms,
                                   const std::string& id);

// The item in words, without what is the same for all: "pipe 64 B, stream, spin".
std::string ItemText(const MeasurePlan& plan, const MeasureItem& item);

}  // namespace ipclab::cli
