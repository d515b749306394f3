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
  std::string pattern;
  std::string placement;
  std::string wait = "block";
  std::string messages;
  std::string duration;
  std::string warm_up;
  int trials = 3;
  std::vector<std::string> options;
  bool verify = false;
};

// What is measured by the trials of one row.
struct MeasureItem {
  std::string mechanism;
  int64_t message_bytes;
  v1::Pattern::Kind pattern = v1::Pattern::ROUND_TRIP;
  v1::MeasureSpec::Wait wait = v1::MeasureSpec::BLOCK;

  bool operator==(const MeasureItem&) const = default;
};

struct MeasurePlan {
  std::vector<std::string> mechanisms;  // empty: every available one
  std::vector<int64_t> sizes;
  std::vector<v1::Pattern::Kind> patterns;
  std::vector<v1::MeasureSpec::Wait> waits;
  int trials;
  std::string amount;       // "1s", "100000 messages"
  v1::ExperimentSpec spec;  // of every experiment, but for what an item says
};

// A mechanism, or some of its sizes, that a measurement of all leaves out.
struct LeftOut {
  std::string mechanism;
  std::string reason;

  bool operator==(const LeftOut&) const = default;
};

struct Selection {
  std::vector<MeasureItem> items;
  std::vector<LeftOut> left_out;
};

// INVALID_ARGUMENT that names the flag and what it should be.
absl::StatusOr<MeasurePlan> ReadMeasureFlags(const MeasureFlags& flags);

// The plan's mechanisms at each of its sizes, in each pattern, with each way to wait, in order.
std::vector<MeasureItem> ItemsOf(const MeasurePlan& plan);

// For a plan of every mechanism: those that are available here, in the patterns that they carry, at
// the sizes that they take.
Selection SelectFrom(const MeasurePlan& plan, const std::vector<v1::Mechanism>& mechanisms);

// The plan's spec for one item.
v1::ExperimentSpec SpecOf(const MeasurePlan& plan, const MeasureItem& item);

// The item in words, without what is the same for all: "pipe 64 B, stream, spin".
std::string ItemText(const MeasurePlan& plan, const MeasureItem& item);

}  // namespace ipclab::cli
