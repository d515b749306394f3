// A server with 200 parked experiments: its memory, the latency of what it answers meanwhile, and
// what it keeps once they are deleted, each beside the same server before.

#include <chrono>
#include <optional>

#include "absl/strings/str_cat.h"
#include "tests/bench/health.h"
#include "tests/bench/lab.h"
#include "tests/bench/process_memory.h"
#include "tests/bench/report.h"
#include "tests/bench/samples.h"

namespace ipclab::bench {
namespace {

constexpr int kExperiments = 200;
constexpr int kCalls = 1000;
constexpr int kWarmUpCalls = 50;
constexpr double kMostMemory = 150e6;
constexpr double kMostHealthNanos = 10e6;

using SteadyClock = std::chrono::steady_clock;

// The time of each of many calls.
absl::StatusOr<Samples> Time(const std::function<absl::Status()>& call) {
  Samples samples;
  for (int i = -kWarmUpCalls; i < kCalls; ++i) {
    const auto begin = SteadyClock::now();
    if (absl::Status status = call(); !status.ok()) return status;
    const std::chrono::duration<double, std::nano> took = SteadyClock::now() - begin;
    if (i >= 0) samples.Add(took.count());
  }
  return samples;
}

// The server at one moment.
struct Moment {
  ProcessMemory memory;
  int descriptors = 0;
  Samples health;
  Samples get;
};

absl::StatusOr<Moment> Look(Lab& lab, HealthProbe& health, const std::string& experiment) {
  Moment moment;
  auto health_times = Time([&] { return health.Check(); });
  if (!health_times.ok()) return health_times.status();
  moment.health = *std::move(health_times);
  auto get_times = Time([&] { return lab.Get(experiment).status(); });
  if (!get_times.ok()) return get_times.status();
  moment.get = *std::move(get_times);
  auto memory = MemoryOf(lab.pid());
  if (!memory.ok()) return memory.status();
  moment.memory = *memory;
  auto descriptors = DescriptorsOf(lab.pid());
  if (!descriptors.ok()) return descriptors.status();
  moment.descriptors = *descriptors;
  return moment;
}

absl::StatusOr<std::vector<v1::Experiment>> Park(Lab& lab) {
  std::vector<v1::Experiment> parked;
  for (int i = 0; i < kExperiments; ++i) {
    auto experiment = lab.Create(RoundTrips("pipe", v1::Placement::POLICY_UNSPECIFIED, 1000),
                                 v1::Experiment::READY);
    if (!experiment.ok()) return experiment.status();
    parked.push_back(*std::move(experiment));
  }
  return parked;
}

absl::StatusOr<double> MemoryOfWorkers(const std::vector<v1::Experiment>& experiments) {
  double sum = 0;
  for (const v1::Experiment& experiment : experiments) {
    for (const v1::Worker& worker : experiment.workers()) {
      const auto memory = MemoryOf(worker.pid());
      if (!memory.ok()) return memory.status();
      sum += memory->proportional_bytes;
    }
  }
  return sum;
}

absl::Status Measure(Report& report) {
  auto lab = Lab::Start();
  if (!lab.ok()) return lab.status();
  HealthProbe health((*lab)->channel());
  // One experiment throughout, so that there is always one to get.
  const auto first = (*lab)->Create(RoundTrips("pipe", v1::Placement::POLICY_UNSPECIFIED, 1000),
                                    v1::Experiment::READY);
  if (!first.ok()) return first.status();
  const auto before = Look(**lab, health, first->name());
  if (!before.ok()) return before.status();
  const auto parked = Park(**lab);
  if (!parked.ok()) return parked.status();
  const auto during = Look(**lab, health, first->name());
  if (!during.ok()) return during.status();
  const auto workers = MemoryOfWorkers(*parked);
  if (!workers.ok()) return workers.status();
  for (const v1::Experiment& experiment : *parked) {
    if (absl::Status status = (*lab)->Remove(experiment.name()); !status.ok()) return status;
  }
  const auto after = Look(**lab, health, first->name());
  if (!after.ok()) return after.status();

  report.Note(absl::StrCat(kExperiments, " experiments of two workers; ", kCalls, " calls each"));
  report.Add({.what = "health check, p99",
              .figure = Nanos(during->health.Percentile(99)),
              .control = Nanos(before->health.Percentile(99)),
              .at_most = Nanos(kMostHealthNanos)});
  report.Add({.what = "health check, p50",
              .figure = Nanos(during->health.Median()),
              .control = Nanos(before->health.Median())});
  report.Add({.what = "GetExperiment, p99",
              .figure = Nanos(during->get.Percentile(99)),
              .control = Nanos(before->get.Percentile(99))});
  report.Add({.what = "GetExperiment, p50",
              .figure = Nanos(during->get.Median()),
              .control = Nanos(before->get.Median())});
  report.Add({.what = "server, resident",
              .figure = Bytes(during->memory.resident_bytes),
              .control = Bytes(before->memory.resident_bytes),
              .at_most = Bytes(kMostMemory)});
  report.Add({.what = "server, its share (PSS)",
              .figure = Bytes(during->memory.proportional_bytes),
              .control = Bytes(before->memory.proportional_bytes)});
  report.Add({.what = "all workers, their share (PSS)", .figure = Bytes(*workers)});
  report.Add({.what = "server, resident after deletion",
              .figure = Bytes(after->memory.resident_bytes),
              .control = Bytes(before->memory.resident_bytes)});
  report.Add({.what = "descriptors while parked",
              .figure = Count(during->descriptors),
              .control = Count(before->descriptors)});
  report.Add({.what = "descriptors after deletion",
              .figure = Count(after->descriptors),
              .control = Count(before->descriptors),
              .ratio_at_most = 1});
  return absl::OkStatus();
}

}  // namespace
}  // namespace ipclab::bench

int main() {
  return ipclab::bench::Run("parked: a server with 200 parked experiments", ipclab::bench::Measure,
                            "parked", "before");
}
