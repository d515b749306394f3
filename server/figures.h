// Figures as values: what the shared pages held when a leg ended, or hold now. Legs add up exactly.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/histogram.h"
#include "common/pages.h"
#include "ipclab/internal/control.pb.h"
#include "ipclab/v1/experiment.pb.h"
#include "ipclab/v1/measure.pb.h"
#include "ipclab/v1/mechanism.pb.h"
#include "ipclab/v1/metrics.pb.h"

namespace ipclab {

// The figures of one worker.
struct WorkerFigures {
  internal::Role role = internal::ROLE_UNSPECIFIED;
  v1::Counters counters;
  int64_t span_nanos = 0;
  int64_t intervals = 0;  // messages that span_nanos covers
  int64_t batch = 0;      // round trips per value of round_trip; 0 counts as 1
  int lock_error = 0;     // the errno of locking its memory
  HistogramSnapshot round_trip;
  HistogramSnapshot one_way;
  HistogramSnapshot send_call;
  HistogramSnapshot acquire;
  HistogramSnapshot hand_off;

  void Merge(const WorkerFigures& other);
};

// The figures of all workers of an experiment, in order of index.
struct Figures {
  std::vector<WorkerFigures> workers;

  bool empty() const { return workers.empty(); }
  void Merge(const Figures& other);

  // Messages that arrived, what was merged with another one included.
  int64_t messages() const;
  // Those that should have arrived and did not.
  int64_t lost() const;
  // The longest span of any worker, and of any where messages arrive.
  int64_t span_nanos() const;
  int64_t arrival_nanos() const;

  // The latency that the pattern is about, the first of those that ToMetrics gives.
  HistogramSnapshot PrimaryLatency(v1::Pattern::Kind pattern) const;
};

// Reads the pages of an experiment as they are now. A worker that has not begun this leg yet, and
// still has the figures of the one before, has none.
Figures ReadFigures(void* pages, const std::vector<internal::Role>& roles, int64_t leg);

// What a slice is made of: the pattern's first latency, and what arrived in which time.
struct Arrivals {
  HistogramSnapshot latencies;
  int64_t messages = 0;
  int64_t nanos = 0;
};

Arrivals ArrivalsOf(const Figures& figures, v1::Pattern::Kind pattern);

// The same of a leg that goes on. Reads no more than that: whoever is measured writes these lines.
Arrivals ReadArrivals(void* pages, const std::vector<internal::Role>& roles, int64_t leg,
                      v1::Pattern::Kind pattern);

// What a run of this kind is judged by: its latency, or, where latency is how long a message stood
// in a queue, the time per message.
bool IsJudgedByLatency(const v1::MeasureSpec& measure);

// That figure: the median of the latency, or the mean time per message. 0 when there is none.
int64_t TypicalNanos(const Figures& figures, const v1::MeasureSpec& measure);

// What a census leg has counted.
v1::Census ReadCensus(void* pages, const Figures& figures);

// The public form, with the latencies that the pattern has. one_way_absent says why there is no
// one-way latency, if there is none.
v1::Metrics ToMetrics(const Figures& figures, v1::Pattern::Kind pattern, const std::string& name,
                      bool stepped, const std::string& one_way_absent);

}  // namespace ipclab
