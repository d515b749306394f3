// One trial of an item, and what is reckoned of it alone: the trial is the unit of inference, so
// intervals and comparisons are made of these and not of single messages. Values only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/histogram.h"
#include "ipclab/v1/experiment.pb.h"
#include "ipclab/v1/metrics.pb.h"

namespace ipclab::cli {

// A trial that was run to its end.
struct Trial {
  v1::Experiment experiment;  // SUCCEEDED, with its result
  int number = 1;             // among the trials of its item
  int position = 1;           // in the order of the whole run
  std::string left_out = {};  // why it is in no figure; empty: it is
};

// The figures that trials are compared by. None where there is none, or too few values for it.
struct TrialFigures {
  std::optional<int64_t> p50;
  std::optional<int64_t> p99;
  std::optional<double> messages_per_second;
  std::optional<double> cpu_nanos_per_message;
};

TrialFigures FiguresOfTrial(const Trial& trial);

// The latency that a pattern is about.
v1::Latency::Kind LatencyKindOf(v1::Pattern::Kind pattern);

// Of these figures the one of that kind; null when there is none.
const v1::Latency* FindLatency(const v1::Metrics& metrics, v1::Latency::Kind kind);

// The trial's main latency; empty where there is none or it is no histogram.
HistogramSnapshot LatencyValues(const Trial& trial);

// The CPUs of the trial's workers, in their order.
std::vector<int> CpusOf(const Trial& trial);

}  // namespace ipclab::cli
