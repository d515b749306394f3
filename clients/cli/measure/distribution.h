// A latency over all trials of a measurement: what is merged, and what may be said of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/histogram.h"
#include "ipclab/v1/metrics.pb.h"

namespace ipclab::cli {

// One latency of all trials together.
struct Distribution {
  // How many values a percentile needs before it means something, as the server says.
  struct Support {
    double percent;
    int64_t needed_count;
  };

  HistogramSnapshot values;
  std::vector<Support> support;
  std::string absent_reason;

  // Adds one trial's; INVALID_ARGUMENT when its histogram is none.
  absl::Status Add(const v1::Latency& latency);

  bool empty() const { return values.count == 0; }

  // The value below or at which percent of all lie; none when too few support it.
  std::optional<int64_t> Percentile(double percent) const;

  // How many values that percentile needs.
  int64_t NeededCount(double percent) const;
};

// Reads a histogram off the wire; INVALID_ARGUMENT when it is not one.
absl::StatusOr<HistogramSnapshot> HistogramOf(const v1::Latency& latency);

}  // namespace ipclab::cli
