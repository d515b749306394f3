// What `ipclab measure` was asked for: the flags as typed, and the plan that they mean.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ipclab/v1/experiment.pb.h"
#include "ipclab/v1/mechanism.pb.h"

namespace ipclab::cli {

// As typed; empty where nothing was.
struct MeasureFlags {
  std::vector<std::string> mechanisms;
  bool all = false;
  std::string bytes = "64";
  std::string pattern = "round_trip";
  std::string placement;
  std::string wait = "block";
  std::string messages;
  std::string duration;
  std::string warm_up;
  int trials = 3;
  std::vector<std::string> options;
  bool verify = false;
};

// One mechanism at one size.
struct MeasureItem {
  std::string mechanism;
  int64_t message_bytes;

  bool operator==(const MeasureItem&) const = default;
};

struct MeasurePlan {
  std::vector<std::string> mechanisms;  // empty: every available one
  std::vector<int64_t> sizes;
  int trials;
  std::string amount;       // "1s", "100000 messages"
  v1::ExperimentSpec spec;  // of every experiment, but for mechanism and size
};

// INVALID_ARGUMENT that names the flag and what it should be.
absl::StatusOr<MeasurePlan> ReadMeasureFlags(const MeasureFlags& flags);

// The plan's mechanisms at each of its sizes, in order.
std::vector<MeasureItem> ItemsOf(const MeasurePlan& plan);

// For a plan of every mechanism: those that are available here and carry the pattern, at the sizes
// that they take.
std::vector<MeasureItem> ItemsOf(const MeasurePlan& plan,
                                 const std::vector<v1::Mechanism>& mechanisms);

// The plan's spec for one item.
v1::ExperimentSpec SpecOf(const MeasurePlan& plan, const MeasureItem& item);

}  // namespace ipclab::cli
