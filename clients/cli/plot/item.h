// What pictures are drawn of: the lines that `ipclab measure --json` printed, as plain values. What
// a line does not have is absent or empty here; each picture says what it cannot do without.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/histogram.h"

namespace ipclab::plot {

// 95% bounds.
struct Interval {
  double low = 0;
  double high = 0;

  bool operator==(const Interval&) const = default;
};

// By the name of the figure: "p50", "messagesPerSecond".
using Intervals = std::map<std::string, Interval>;

// A piece of a trial's time.
struct Slice {
  double begin_nanos = 0;
  double length_nanos = 0;
  HistogramSnapshot histogram;

  bool operator==(const Slice&) const = default;
};

struct TrialResult {
  int64_t number = 0;
  bool used = true;
  std::string why;  // it is left out
  std::optional<double> p50;
  std::optional<double> messages_per_second;
  HistogramSnapshot histogram;
  std::vector<Slice> slices;

  bool operator==(const TrialResult&) const = default;
};

// Against the item that the others are compared with.
struct Comparison {
  std::string to;
  std::string figure;  // "p50", "messagesPerSecond"
  std::optional<double> ratio;
  std::optional<Interval> ratio_interval;
  std::string verdict;  // "NO_DIFFERENCE_SHOWN"

  bool operator==(const Comparison&) const = default;
};

struct Host {
  std::string kernel;
  std::string cpu_model;
  std::optional<int64_t> cpus;
  std::optional<bool> virtual_machine;
  std::string hypervisor;
  std::string host_class;  // a word that hosts that are alike share; empty where it is not known

  bool operator==(const Host&) const = default;
};

struct Item {
  std::string place;  // "results.json:3"
  std::string label;  // a name that no other item has; see labels.h

  std::string mechanism;
  std::string pattern;
  std::string placement;
  std::string wait;
  std::string latency_kind;
  std::optional<int64_t> message_bytes;
  std::map<std::string, std::string> options;  // "capacity": "4096"
  std::vector<std::string> shape;              // "2 senders", "10 k/s": what else tells items apart

  int64_t trials = 0;
  int64_t count = 0;  // of latencies
  std::optional<double> p50, p99;
  std::optional<double> messages_per_second;
  std::optional<double> cpu_nanos_per_message;
  std::optional<double> times_control;
  std::optional<double> floor_nanos;
  Intervals intervals;             // over trials
  Intervals percentile_intervals;  // of the pooled values
  HistogramSnapshot histogram;     // of all trials that count
  std::vector<TrialResult> results;
  std::optional<Comparison> comparison;
  std::string seed;
  std::string noise_floor;  // "ratio 1.01, NO_DIFFERENCE_SHOWN"
  std::vector<std::string> warnings;
  std::optional<Host> host;
  std::string error;  // why it was not measured, or not to its end
};

// False for one that failed before anything was measured: there is nothing to say of it but that.
inline bool Measured(const Item& item) {
  return item.p50 || item.messages_per_second || item.histogram.count > 0;
}

// What files hold, in their order.
struct Results {
  std::vector<Item> items;
  std::vector<std::string> failures;  // lines that only tell why nothing was measured
};

}  // namespace ipclab::plot
