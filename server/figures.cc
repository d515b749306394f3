#include "server/figures.h"

#include <algorithm>
#include <cstring>

#include "common/stats/percentile.h"
#include "server/ends.h"

namespace ipclab {
namespace {

// True for the worker where messages arrive.
bool Arrives(internal::Role role) {
  return role == internal::INITIATOR || role == internal::RECEIVER || role == internal::BOTH ||
         role == internal::CONTENDER;
}

void Add(v1::Counters& to, const v1::Counters& from) {
  to.set_messages(to.messages() + from.messages());
  to.set_bytes(to.bytes() + from.bytes());
  to.set_lost(to.lost() + from.lost());
  to.set_duplicated(to.duplicated() + from.duplicated());
  to.set_reordered(to.reordered() + from.reordered());
  to.set_corrupted(to.corrupted() + from.corrupted());
  to.set_cpu_user_nanos(to.cpu_user_nanos() + from.cpu_user_nanos());
  to.set_cpu_system_nanos(to.cpu_system_nanos() + from.cpu_system_nanos());
  to.set_voluntary_switches(to.voluntary_switches() + from.voluntary_switches());
  to.set_involuntary_switches(to.involuntary_switches() + from.involuntary_switches());
  to.set_minor_faults(to.minor_faults() + from.minor_faults());
  to.set_major_faults(to.major_faults() + from.major_faults());
  to.set_migrations(to.migrations() + from.migrations());
  to.set_coalesced(to.coalesced() + from.coalesced());
  to.set_retries(to.retries() + from.retries());
  to.set_run_delay_nanos(to.run_delay_nanos() + from.run_delay_nanos());
}

// True where the span begins with the first message: one message fewer lies in it.
bool BeginsWithItsFirst(internal::Role role) {
  return role == internal::RECEIVER || role == internal::RELAY || role == internal::RESPONDER;
}

v1::Counters ReadCounters(const WorkerPage& page) {
  constexpr auto relaxed = std::memory_order_relaxed;
  v1::Counters counters;
  counters.set_messages(page.messages.load(relaxed));
  counters.set_bytes(page.bytes.load(relaxed));
  counters.set_lost(page.lost.load(relaxed));
  counters.set_duplicated(page.duplicated.load(relaxed));
  counters.set_reordered(page.reordered.load(relaxed));
  counters.set_corrupted(page.corrupted.load(relaxed));
  counters.set_cpu_user_nanos(page.cpu_user_nanos.load(relaxed));
  counters.set_cpu_system_nanos(page.cpu_system_nanos.load(relaxed));
  counters.set_voluntary_switches(page.voluntary_switches.load(relaxed));
  counters.set_involuntary_switches(page.involuntary_switches.load(relaxed));
  counters.set_minor_faults(page.minor_faults.load(relaxed));
  counters.set_major_faults(page.major_faults.load(relaxed));
  counters.set_migrations(page.migrations.load(relaxed));
  counters.set_coalesced(page.coalesced.load(relaxed));
  counters.set_retries(page.retries.load(relaxed));
  counters.set_run_delay_nanos(page.run_delay_nanos.load(relaxed));
  return counters;
}

void AddLatency(v1::Metrics& metrics, v1::Latency::Kind kind, const HistogramSnapshot& values,
                const std::string& absent_reason, int64_t batch = 1) {
  v1::Latency& latency = *metrics.add_latencies();
  latency.set_batch(static_cast<int32_t>(std::max<int64_t>(batch, 1)));
  latency.set_kind(kind);
  latency.set_count(values.count);
  latency.set_min_nanos(values.min);
  latency.set_max_nanos(values.max);
  if (values.count == 0) latency.set_absent_reason(absent_reason);
  // A percentile is given only where enough values lie beyond it.
  for (const stats::PercentileSupport& support : stats::kPercentiles) {
    v1::Percentile& percentile = *latency.add_percentiles();
    percentile.set_percent(support.percent);
    percentile.set_needed_count(support.needed_count);
    if (values.count < support.needed_count) continue;
    percentile.set_nanos(values.ValueAtPercentile(support.percent));
  }
  for (const auto& bucket : values.buckets) {
    latency.mutable_histogram()->add_indexes(bucket.index);
    latency.mutable_histogram()->add_counts(bucket.count);
  }
}

// The latencies that the pattern has, of all workers together.
void AddLatencies(const WorkerFigures& all, v1::Pattern::Kind pattern,
                  const std::string& one_way_absent, v1::Metrics& metrics) {
  switch (pattern) {
    case v1::Pattern::ROUND_TRIP:
    case v1::Pattern::HAND_OFF:
      return AddLatency(metrics, v1::Latency::ROUND_TRIP, all.round_trip,
                        "no round trip was made yet", all.batch);
    case v1::Pattern::NOTIFY:
      return AddLatency(metrics, v1::Latency::SEND_CALL, all.send_call, "nobody was notified yet");
    case v1::Pattern::CONTENTION:
      AddLatency(metrics, v1::Latency::ACQUIRE, all.acquire, "nobody had the lock yet");
      return AddLatency(metrics, v1::Latency::HAND_OFF, all.hand_off,
                        "nobody got the lock from another worker that held it while it waited");
    default:
      AddLatency(metrics, v1::Latency::ONE_WAY, all.one_way, one_way_absent);
      AddLatency(metrics, v1::Latency::SEND_CALL, all.send_call, "nothing was sent yet");
  }
}

// The histogram of the pattern's first latency.
HistogramSnapshot WorkerFigures::*PrimaryOf(v1::Pattern::Kind pattern) {
  switch (pattern) {
    case v1::Pattern::ROUND_TRIP:
    case v1::Pattern::HAND_OFF:
      return &WorkerFigures::round_trip;
    case v1::Pattern::NOTIFY:
      return &WorkerFigures::send_call;
    case v1::Pattern::CONTENTION:
      return &WorkerFigures::acquire;
    default:
      return &WorkerFigures::one_way;
  }
}

Histogram WorkerPage::*PrimaryPageOf(v1::Pattern::Kind pattern) {
  switch (pattern) {
    case v1::Pattern::ROUND_TRIP:
    case v1::Pattern::HAND_OFF:
      return &WorkerPage::round_trip;
    case v1::Pattern::NOTIFY:
      return &WorkerPage::send_call;
    case v1::Pattern::CONTENTION:
      return &WorkerPage::acquire;
    default:
      return &WorkerPage::one_way;
  }
}

// What arrives in a second where all that arrives has taken so long. One time for all: of workers
// that take from one object each is at it only as long as the others leave it something.
void SetRate(int64_t intervals, int64_t nanos, const v1::Counters& arrived, v1::Metrics& metrics) {
  if (nanos <= 0) return;
  const double rate = static_cast<double>(intervals) * 1e9 / static_cast<double>(nanos);
  metrics.set_messages_per_second(rate);
  if (arrived.messages() == 0) return;
  const double size =
      static_cast<double>(arrived.bytes()) / static_cast<double>(arrived.messages());
  metrics.set_bytes_per_second(rate * size);
}

void SetElapsed(int64_t nanos, v1::Metrics& metrics) {
  if (nanos <= 0) return;
  constexpr int64_t kSecond = 1'000'000'000;
  metrics.mutable_elapsed()->set_seconds(nanos / kSecond);
  metrics.mutable_elapsed()->set_nanos(static_cast<int32_t>(nanos % kSecond));
}

// A worker's part of what all with its role have done.
double ShareOf(const WorkerFigures& worker, const std::vector<WorkerFigures>& all) {
  int64_t sum = 0;
  for (const WorkerFigures& each : all) {
    if (each.role == worker.role) sum += each.counters.messages();
  }
  if (sum == 0) return 0;
  return static_cast<double>(worker.counters.messages()) / static_cast<double>(sum);
}

}  // namespace

void WorkerFigures::Merge(const WorkerFigures& other) {
  role = other.role;
  Add(counters, other.counters);
  span_nanos += other.span_nanos;
  intervals += other.intervals;
  batch = std::max(batch, other.batch);
  if (other.lock_error != 0) lock_error = other.lock_error;
  round_trip.Merge(other.round_trip);
  one_way.Merge(other.one_way);
  send_call.Merge(other.send_call);
  acquire.Merge(other.acquire);
  hand_off.Merge(other.hand_off);
}

void Figures::Merge(const Figures& other) {
  workers.resize(std::max(workers.size(), other.workers.size()));
  for (size_t i = 0; i < other.workers.size(); ++i) workers[i].Merge(other.workers[i]);
}

int64_t Figures::messages() const {
  int64_t sum = 0;
  for (const WorkerFigures& worker : workers) {
    if (Arrives(worker.role)) sum += worker.counters.messages() + worker.counters.coalesced();
  }
  return sum;
}

int64_t Figures::lost() const {
  int64_t sum = 0;
  for (const WorkerFigures& worker : workers) {
    if (Arrives(worker.role)) sum += worker.counters.lost();
  }
  return sum;
}

int64_t Figures::arrival_nanos() const {
  int64_t longest = 0;
  for (const WorkerFigures& worker : workers) {
    if (Arrives(worker.role)) longest = std::max(longest, worker.span_nanos);
  }
  return longest;
}

int64_t Figures::span_nanos() const {
  int64_t longest = 0;
  for (const WorkerFigures& worker : workers) longest = std::max(longest, worker.span_nanos);
  return longest;
}

HistogramSnapshot Figures::PrimaryLatency(v1::Pattern::Kind pattern) const {
  HistogramSnapshot all;
  for (const WorkerFigures& worker : workers) all.Merge(worker.*PrimaryOf(pattern));
  return all;
}

Arrivals ArrivalsOf(const Figures& figures, v1::Pattern::Kind pattern) {
  return {.latencies = figures.PrimaryLatency(pattern),
          .messages = figures.messages(),
          .nanos = figures.arrival_nanos()};
}

Arrivals ReadArrivals(void* pages, const std::vector<internal::Role>& roles, int64_t leg,
                      v1::Pattern::Kind pattern) {
  Figures figures;
  for (size_t i = 0; i < roles.size(); ++i) {
    const WorkerPage& page = WorkerPageOf(pages, static_cast<int>(i));
    if (page.leg.load(std::memory_order_acquire) != leg) continue;
    WorkerFigures& worker = figures.workers.emplace_back();
    worker.role = roles[i];
    worker.counters.set_messages(page.messages.load(std::memory_order_relaxed));
    worker.counters.set_coalesced(page.coalesced.load(std::memory_order_relaxed));
    worker.span_nanos = page.span_nanos.load(std::memory_order_relaxed);
    worker.*PrimaryOf(pattern) = (page.*PrimaryPageOf(pattern)).Snapshot();
  }
  return ArrivalsOf(figures, pattern);
}

bool IsJudgedByLatency(const v1::MeasureSpec& measure) {
  switch (measure.pattern()) {
    case v1::Pattern::ROUND_TRIP:
    case v1::Pattern::HAND_OFF:
    case v1::Pattern::NOTIFY:
    case v1::Pattern::CONTENTION:
      return true;
    default:
      return measure.has_load();
  }
}

int64_t TypicalNanos(const Figures& figures, const v1::MeasureSpec& measure) {
  if (IsJudgedByLatency(measure)) {
    const HistogramSnapshot latency = figures.PrimaryLatency(measure.pattern());
    return latency.count == 0 ? 0 : latency.ValueAtPercentile(50);
  }
  const int64_t messages = figures.messages();
  // A window of few fast messages may take no time at all as seen from its ends.
  return messages == 0 ? 0 : std::max<int64_t>(figures.arrival_nanos() / messages, 1);
}

v1::Census ReadCensus(void* pages, const Figures& figures) {
  v1::Census census;
  census.set_messages(figures.messages());
  int64_t calls = 0;
  int64_t instructions = 0;
  int64_t cycles = 0;
  const auto text = [](const auto& chars) {
    return std::string(chars.data(), ::strnlen(chars.data(), chars.size()));
  };
  for (size_t i = 0; i < figures.workers.size(); ++i) {
    const WorkerPage& page = WorkerPageOf(pages, static_cast<int>(i));
    if (page.system_calls < 0) census.set_system_calls_absent(text(page.system_calls_absent));
    if (page.instructions < 0 || page.cycles < 0) {
      census.set_hardware_absent(text(page.hardware_absent));
    }
    calls += page.system_calls;
    instructions += page.instructions;
    cycles += page.cycles;
  }
  if (census.system_calls_absent().empty()) census.set_system_calls(calls);
  if (!census.hardware_absent().empty()) return census;
  census.set_instructions(instructions);
  census.set_cycles(cycles);
  return census;
}

Figures ReadFigures(void* pages, const std::vector<internal::Role>& roles, int64_t leg) {
  Figures figures;
  for (size_t i = 0; i < roles.size(); ++i) {
    const WorkerPage& page = WorkerPageOf(pages, static_cast<int>(i));
    WorkerFigures& worker = figures.workers.emplace_back();
    worker.role = roles[i];
    if (page.leg.load(std::memory_order_acquire) != leg) continue;
    worker.counters = ReadCounters(page);
    worker.span_nanos = page.span_nanos.load(std::memory_order_relaxed);
    const int64_t messages = worker.counters.messages();
    worker.intervals = BeginsWithItsFirst(roles[i]) ? std::max<int64_t>(messages - 1, 0) : messages;
    worker.batch = page.batch.load(std::memory_order_relaxed);
    worker.lock_error = page.lock_error.load(std::memory_order_relaxed);
    worker.round_trip = page.round_trip.Snapshot();
    worker.one_way = page.one_way.Snapshot();
    worker.send_call = page.send_call.Snapshot();
    worker.acquire = page.acquire.Snapshot();
    worker.hand_off = page.hand_off.Snapshot();
  }
  return figures;
}

v1::Metrics ToMetrics(const Figures& figures, v1::Pattern::Kind pattern, const std::string& name,
                      bool stepped, const std::string& one_way_absent) {
  v1::Metrics metrics;
  metrics.set_name(name);
  metrics.set_stepped(stepped);
  WorkerFigures all;
  v1::Counters arrived;
  int64_t intervals = 0;
  for (size_t i = 0; i < figures.workers.size(); ++i) {
    const WorkerFigures& worker = figures.workers[i];
    v1::WorkerMetrics& each = *metrics.add_workers();
    each.set_worker(static_cast<int32_t>(i));
    each.set_role(RoleName(worker.role));
    *each.mutable_counters() = worker.counters;
    each.set_share(ShareOf(worker, figures.workers));
    all.Merge(worker);
    if (!Arrives(worker.role)) continue;
    Add(arrived, worker.counters);
    intervals += worker.intervals;
  }
  SetElapsed(figures.arrival_nanos(), metrics);
  SetRate(intervals, figures.arrival_nanos(), arrived, metrics);
  // An initiator counts as lost each round that failed, whichever way: its responder saw some of
  // the same losses.
  all.counters.set_messages(arrived.messages());
  all.counters.set_bytes(arrived.bytes());
  all.counters.set_lost(arrived.lost());
  if (pattern == v1::Pattern::PIPELINE) {
    // What is wrong with a message is seen again at every hop behind.
    all.counters.set_duplicated(arrived.duplicated());
    all.counters.set_reordered(arrived.reordered());
    all.counters.set_corrupted(arrived.corrupted());
  }
  *metrics.mutable_total() = std::move(all.counters);
  AddLatencies(all, pattern, one_way_absent, metrics);
  return metrics;
}

}  // namespace ipclab
