// What `ipclab measure` was asked for: the flags as typed, and the plan that they mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/measure/compared.h"
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
  std::optional<int> trials;
  std::vector<std::string> options;
  bool verify = false;
  int senders = 0;
  int receivers = 0;
  int workers = 0;
  std::string critical_section;
  std::string rate;
  std::string arrivals;
  int64_t seed = 0;
  int time_every = 0;
  bool compare = false;
  std::string by;
  bool noise_floor = false;
  bool no_floor = false;
  bool knee = false;
  bool keep = false;
};

// What is measured by the trials of one row.
struct MeasureItem {
  std::string mechanism;
  int64_t message_bytes;  // 0 where the pattern carries no messages
  v1::Pattern::Kind pattern = v1::Pattern::ROUND_TRIP;
  v1::MeasureSpec::Wait wait = v1::MeasureSpec::BLOCK;

  bool operator==(const MeasureItem&) const = default;
};

struct MeasurePlan {
  std::vector<std::string> mechanisms;  // empty: every available one
  std::vector<int64_t> sizes;
  std::vector<v1::Pattern::Kind> patterns;  // empty: of each mechanism its own
  std::vector<v1::MeasureSpec::Wait> waits;
  int trials;
  int trials_again;  // at most, of each item, in place of those that the platform spoilt
  uint64_t seed;     // of the order of the trials, and of arrivals by chance
  bool compare;
  CompareBy by;
  bool noise_floor;         // each item is measured twice, to see how far it is from itself
  bool floor;               // `null` is measured beside them
  bool knee;                // a sweep over rates
  bool keep;                // the experiments of the trials stay on the server
  std::string amount;       // "1s", "100000 messages"
  v1::ExperimentSpec spec;  // all that was asked for, but for what an item says
};

// INVALID_ARGUMENT where experiments are to be kept by a server that ends with the command.
absl::Status CheckKeep(const MeasurePlan& plan, bool is_private);

// INVALID_ARGUMENT that names the flag and what it should be. Without --seed one is chosen.
absl::StatusOr<MeasurePlan> ReadMeasureFlags(const MeasureFlags& flags);

}  // namespace ipclab::cli
