// The figures of one mechanism at one message size over all its trials. Values only: what the
// table and the JSON line show is computed here and nowhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clients/cli/failure.h"
#include "clients/cli/measure/distribution.h"
#include "ipclab/v1/experiment.pb.h"
#include "ipclab/v1/metrics.pb.h"

namespace ipclab::cli {

struct Measurement {
  v1::MeasureSpec spec;     // as run; as asked for when nothing ran
  v1::Placement placement;  // as achieved
  std::vector<int> cpus;    // of each worker, in the last trial
  int trials = 0;           // that succeeded

  // The latency that the pattern is about, and of CONTENTION the hand-over to who waited.
  v1::Latency::Kind latency_kind = v1::Latency::KIND_UNSPECIFIED;
  Distribution latency;
  Distribution hand_off;

  // The median trial's rates; processor time of all workers over all messages.
  std::optional<double> messages_per_second;
  std::optional<double> bytes_per_second;
  std::optional<double> cpu_nanos_per_message;

  // Sums.
  int64_t messages = 0;
  int64_t lost = 0;
  bool may_lose = false;  // so that lost messages are figures and no failure
  int64_t duplicated = 0;
  int64_t reordered = 0;
  int64_t corrupted = 0;
  int64_t coalesced = 0;
  int64_t retries = 0;

  // Of CONTENTION, ascending: what part of all acquisitions the least lucky worker had, and so on
  // to the luckiest; the mean over the trials.
  std::vector<double> shares;

  // The median of the cache-line round trips that bracketed the trials; none with one worker.
  std::optional<int64_t> control_nanos;

  std::vector<v1::Result::Warning> warnings;  // each once, ascending
  std::optional<v1::Environment> environment;

  // Why the figures are not to be trusted or not there.
  std::optional<Failure> failure;
};

// The latency that a pattern is about.
v1::Latency::Kind LatencyKindOf(v1::Pattern::Kind pattern);

// False for what excludes or wakes, and has no message size.
bool CarriesMessages(v1::Pattern::Kind pattern);

// Puts the trials together: experiments that SUCCEEDED, all of the same spec. failure is what ended
// the trial after them, if one failed. asked is used when there are no trials. may_lose: the
// mechanism is one that loses messages.
Measurement Summarize(const v1::ExperimentSpec& asked, const std::vector<v1::Experiment>& trials,
                      std::optional<Failure> failure, bool may_lose = false);

}  // namespace ipclab::cli
