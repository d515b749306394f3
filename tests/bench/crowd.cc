// A crowd on one server: 1000 watchers over ten connections, 50 clients that step, one that never
// reads what it watches, one that floods creates. Whether the server still answers, whether anybody
// is refused but by a quota, and whether its memory stays where it was.

#include <atomic>
#include <chrono>
#include <list>
#include <map>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/bench/health.h"
#include "tests/bench/lab.h"
#include "tests/bench/process_memory.h"
#include "tests/bench/report.h"
#include "tests/bench/samples.h"
#include "tests/support/nap.h"

namespace ipclab::bench {
namespace {

constexpr int kConnections = 10;
constexpr int kWatchers = 1000;
constexpr int kSteppers = 50;
constexpr auto kThinkTime = std::chrono::milliseconds(250);
constexpr auto kPause = std::chrono::milliseconds(10);
constexpr auto kHalf = std::chrono::seconds(6);
constexpr double kMostHealthNanos = 50e6;

using SteadyClock = std::chrono::steady_clock;

// Errors by what was asked and how it was answered; those of a quota apart. Thread safe.
class Errors {
 public:
  void Add(const std::string& act, const grpc::Status& status) {
    if (status.ok()) return;
    const std::lock_guard lock(mutex_);
    if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) {
      ++quota_;
    } else {
      ++others_[absl::StrCat(act, ": ", status.error_message())];
    }
  }
  int quota() const { return quota_; }
  const std::map<std::string, int>& others() const { return others_; }

 private:
  std::mutex mutex_;  // guards what follows
  int quota_ = 0;
  std::map<std::string, int> others_;
};

// Reads all events of an experiment until it is stopped, or none at all.
class Watcher final : public grpc::ClientReadReactor<v1::ExperimentEvent> {
 public:
  Watcher(v1::ExperimentService::Stub& stub, const std::string& name, bool reads, Errors& errors)
      : reads_(reads), errors_(errors) {
    request_.set_name(name);
    stub.async()->WatchExperiment(&context_, &request_, this);
    if (reads) StartRead(&event_);
    AddHold();
    StartCall();
  }

  int events() const { return events_; }

  // Returns once gRPC has let go of it.
  void Stop() {
    stopping_ = true;
    context_.TryCancel();
    RemoveHold();
    while (!done_) Nap();
  }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return;
    ++events_;
    StartRead(&event_);
  }
  void OnDone(const grpc::Status& status) override {
    if (!stopping_ && reads_) errors_.Add("watch", status);
    done_ = true;
  }

  const bool reads_;
  Errors& errors_;
  grpc::ClientContext context_;
  v1::WatchExperimentRequest request_;
  v1::ExperimentEvent event_;
  std::atomic<int> events_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> done_ = false;
};

// Steps its experiment, thinks, and steps again.
void StepUntil(const std::atomic<bool>& over, v1::ExperimentService::Stub& stub,
               const std::string& name, std::atomic<int>& steps, Errors& errors) {
  while (!over) {
    v1::StepExperimentRequest request;
    request.set_name(name);
    v1::StepExperimentResponse response;
    errors.Add("step", stub.StepExperiment(NewCall().get(), request, &response));
    ++steps;
    std::this_thread::sleep_for(kThinkTime);
  }
}

// Creates without end; what it got is removed afterwards.
std::vector<std::string> FloodUntil(const std::atomic<bool>& over,
                                    v1::ExperimentService::Stub& stub, Errors& errors) {
  std::vector<std::string> created;
  while (!over) {
    v1::CreateExperimentRequest request;
    *request.mutable_spec() = RoundTrips("null", v1::Placement::SAME_CPU, 10);
    v1::Experiment experiment;
    const auto status = stub.CreateExperiment(NewCall().get(), request, &experiment);
    errors.Add("create", status);
    if (status.ok()) created.push_back(experiment.name());
  }
  return created;
}

absl::StatusOr<Samples> CheckHealth(HealthProbe& health, SteadyClock::duration time) {
  Samples samples;
  const auto end = SteadyClock::now() + time;
  while (SteadyClock::now() < end) {
    const auto begin = SteadyClock::now();
    if (absl::Status status = health.Check(); !status.ok()) return status;
    samples.Add(std::chrono::duration<double, std::nano>(SteadyClock::now() - begin).count());
    std::this_thread::sleep_for(kPause);
  }
  return samples;
}

absl::Status Measure(Report& report) {
  auto lab = Lab::Start();
  if (!lab.ok()) return lab.status();
  HealthProbe health((*lab)->NewChannel());
  std::vector<std::unique_ptr<v1::ExperimentService::Stub>> stubs;
  for (int i = 0; i < kConnections; ++i) {
    stubs.push_back(v1::ExperimentService::NewStub((*lab)->NewChannel()));
  }
  std::vector<std::string> names;
  for (int i = 0; i < kSteppers; ++i) {
    const auto experiment = (*lab)->Create(RoundTrips("null", v1::Placement::SAME_CPU, 1'000'000),
                                           v1::Experiment::READY);
    if (!experiment.ok()) return experiment.status();
    names.push_back(experiment->name());
  }
  const auto alone = CheckHealth(health, kHalf / 3);
  if (!alone.ok()) return alone.status();

  Errors errors;
  std::list<Watcher> watchers;
  for (int i = 0; i < kWatchers; ++i) {
    watchers.emplace_back(*stubs[static_cast<size_t>(i % kConnections)],
                          names[static_cast<size_t>(i % kSteppers)], true, errors);
  }
  watchers.emplace_back((*lab)->experiments(), names[0], false, errors);
  std::atomic<bool> over = false;
  std::atomic<int> steps = 0;
  std::vector<std::string> flood;
  std::vector<std::thread> threads;
  for (int i = 0; i < kSteppers; ++i) {
    threads.emplace_back([&, i] {
      StepUntil(over, *stubs[static_cast<size_t>(i % kConnections)], names[static_cast<size_t>(i)],
                steps, errors);
    });
  }
  threads.emplace_back([&] { flood = FloodUntil(over, (*lab)->experiments(), errors); });

  auto first = CheckHealth(health, kHalf);
  const auto middle = MemoryOf((*lab)->pid());
  auto second = CheckHealth(health, kHalf);
  const auto end = MemoryOf((*lab)->pid());
  over = true;
  for (std::thread& thread : threads) thread.join();
  int64_t events = 0;
  for (Watcher& watcher : watchers) {
    events += watcher.events();
    watcher.Stop();
  }
  for (const absl::Status& status :
       {first.status(), second.status(), middle.status(), end.status()}) {
    if (!status.ok()) return status;
  }
  report.Note(absl::StrCat(kWatchers, " watchers over ", kConnections, " connections got ", events,
                           " events; ", kSteppers, " clients made ", steps.load(), " steps; ",
                           flood.size(), " flooded creates were carried out, ", errors.quota(),
                           " refused by a quota"));
  report.Add({.what = "health check, p99, first half",
              .figure = Nanos(first->Percentile(99)),
              .control = Nanos(alone->Percentile(99)),
              .at_most = Nanos(kMostHealthNanos)});
  report.Add({.what = "health check, p99, second half",
              .figure = Nanos(second->Percentile(99)),
              .control = Nanos(alone->Percentile(99)),
              .at_most = Nanos(kMostHealthNanos)});
  report.Add({.what = "health check, p50",
              .figure = Nanos(second->Median()),
              .control = Nanos(alone->Median())});
  report.Add({.what = "server, resident, end against middle",
              .figure = Bytes(end->resident_bytes),
              .control = Bytes(middle->resident_bytes),
              .ratio_at_most = 1.1});
  int others = 0;
  for (const auto& [what, count] : errors.others()) {
    others += count;
    report.Note(absl::StrCat(count, " x ", what));
  }
  report.Add({.what = "errors but the quota's", .figure = Count(others), .at_most = Count(0)});
  return absl::OkStatus();
}

}  // namespace
}  // namespace ipclab::bench

int main() {
  return ipclab::bench::Run("crowd: watchers, steppers, a deaf one and a flood",
                            ipclab::bench::Measure, "crowd", "alone");
}
