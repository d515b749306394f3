// The figures of one mechanism at one message size over all its trials. Values only: what the
// table and the JSON line show is computed here and nowhere else.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "clients/cli/failure.h"
#include "clients/cli/measure/compared.h"
#include "clients/cli/measure/distribution.h"
#include "clients/cli/measure/interleaving.h"
#include "clients/cli/measure/trial_figures.h"
#include "common/stats/sample.h"
#include "ipclab/v1/experiment.pb.h"
#include "ipclab/v1/metrics.pb.h"

namespace ipclab::cli {

// Intervals of 95% over trials for the median of what trials are drawn from.
struct TrialIntervals {
  std::optional<stats::Interval> p50;
  std::optional<stats::Interval> p99;
  std::optional<stats::Interval> messages_per_second;
  std::optional<stats::Interval> cpu_nanos_per_message;
};

// In how many of the trials that are used a warning was given, and what the first was seen by.
struct Sighting {
  int trials = 0;
  std::string detail;
};

struct Measurement {
  v1::MeasureSpec spec;      // as run; as asked for when nothing ran
  v1::Placement placement;   // as achieved
  std::vector<int> cpus;     // of each worker, in the last trial
  int trials = 0;            // whose figures these are
  int trials_asked = 0;      // 0 where that is not known
  bool interrupted = false;  // by a signal, so that trials may be missing

  // All that were run to their end, those too that are left out.
  std::vector<Trial> runs;
  bool all_shifted = false;  // the control moved in every one of them, so none is left out
  uint64_t seed = 0;         // of the order of the trials

  bool kept = false;  // the experiments of runs are still on the server

  // The latency that the pattern is about, and of CONTENTION the hand-over to who waited.
  v1::Latency::Kind latency_kind = v1::Latency::KIND_UNSPECIFIED;
  Distribution latency;
  Distribution hand_off;
  int batch = 1;  // each value is the mean of so many that were timed together

  // The median trial's rates; processor time of all workers over all messages.
  std::optional<double> messages_per_second;
  std::optional<double> bytes_per_second;
  std::optional<double> cpu_nanos_per_message;
  TrialIntervals intervals;

  // Of the messages that were counted for it; none where system calls cannot be counted.
  std::optional<double> system_calls_per_message;

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

  // The median of `null` in the same run, of this size and pattern; none where that was not run.
  std::optional<int64_t> floor_nanos;

  std::vector<v1::Result::Warning> warnings;  // each once, ascending
  std::map<v1::Result::Warning, Sighting> sightings;
  std::optional<v1::Environment> environment;

  // Beside the reference of the table; none for that itself, and without --compare.
  std::optional<ComparedTo> comparison;
  bool is_reference = false;  // others are compared with it

  // Beside itself, measured a second time in the same run; none without --noise-floor.
  std::optional<ComparedTo> noise_floor;

  // Why the figures are not to be trusted or not there.
  std::optional<Failure> failure;
};

// The names of the experiments that are still on the server; empty where none is.
std::vector<std::string> KeptExperiments(const Measurement& measurement);

// The median latency over the control, which compares across hosts and hours.
std::optional<double> TimesControl(const Measurement& measurement);

// False for what excludes or wakes, and has no message size.
bool CarriesMessages(v1::Pattern::Kind pattern);

// Puts the trials of one item together, all of the same spec; those that are left out are kept, and
// in no figure. asked is used when there are none. may_lose: the mechanism is one that loses
// messages.
Measurement Summarize(const v1::ExperimentSpec& asked, ItemTrials done, bool may_lose = false);

}  // namespace ipclab::cli
