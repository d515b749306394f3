// An ended experiment with figures that tests know.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "common/histogram.h"
#include "ipclab/v1/experiment.pb.h"

namespace ipclab {

// value, times
using Values = std::vector<std::pair<int64_t, int64_t>>;

inline v1::Histogram HistogramOf(const Values& values) {
  v1::Histogram histogram;
  for (const auto& [value, times] : values) {
    histogram.add_indexes(HistogramLayout::IndexOf(value));
    histogram.add_counts(times);
  }
  return histogram;
}

inline v1::Experiment EndedSample() {
  v1::Experiment experiment;
  experiment.set_name("experiments/x-1a2b3c4d");
  experiment.set_state(v1::Experiment::SUCCEEDED);
  experiment.mutable_create_time()->set_seconds(1769860800);
  experiment.mutable_create_time()->set_nanos(7'000'000);
  experiment.mutable_end_time()->set_seconds(1769860802);
  v1::MeasureSpec& measure = *experiment.mutable_spec()->mutable_measure();
  measure.set_mechanism("pipe");
  measure.set_pattern(v1::Pattern::STREAM);
  measure.set_message_bytes(64);
  v1::Metrics& metrics = *experiment.mutable_result()->mutable_metrics();
  metrics.mutable_elapsed()->set_nanos(250'000'000);
  metrics.mutable_total()->set_messages(375);
  metrics.mutable_total()->set_bytes(24000);
  metrics.mutable_total()->set_cpu_user_nanos(1234);
  metrics.set_messages_per_second(1500);
  metrics.set_bytes_per_second(96000.5);
  v1::Latency& latency = *metrics.add_latencies();
  latency.set_kind(v1::Latency::SEND_CALL);
  latency.set_count(375);
  latency.set_min_nanos(5);
  latency.set_max_nanos(1'000'000);
  v1::Percentile& median = *latency.add_percentiles();
  median.set_percent(50);
  median.set_nanos(1'000'000);
  v1::Percentile& far = *latency.add_percentiles();
  far.set_percent(99.99);
  far.set_needed_count(100'000);
  *latency.mutable_histogram() = HistogramOf({{5, 3}, {7, 2}, {2048, 70}, {1'000'000, 300}});
  v1::Latency& absent = *metrics.add_latencies();
  absent.set_kind(v1::Latency::ONE_WAY);
  absent.add_percentiles()->set_percent(50);
  absent.set_absent_reason("messages are smaller than 16 bytes, \"too small\"");
  return experiment;
}

}  // namespace ipclab
