// What a watcher of the figures at 10 Hz costs what it watches: the rate of a stream with one and
// without, in turns. The ring that spins is the hardest case, for nothing else of it ever sleeps.

#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/bench/lab.h"
#include "tests/bench/report.h"
#include "tests/bench/samples.h"

namespace ipclab::bench {
namespace {

constexpr int kRounds = 9;
constexpr int kSeconds = 1;
constexpr int kWatchNanos = 100'000'000;
constexpr double kTarget = 1.01;

v1::ExperimentSpec Stream(const char* mechanism, v1::MeasureSpec::Wait wait) {
  v1::ExperimentSpec spec;
  v1::MeasureSpec& measure = *spec.mutable_measure();
  measure.set_mechanism(mechanism);
  measure.set_pattern(v1::Pattern::STREAM);
  measure.set_message_bytes(64);
  measure.set_wait(wait);
  measure.mutable_duration()->set_seconds(kSeconds);
  return spec;
}

// Reads all figures of an experiment until it has ended.
class Watcher {
 public:
  Watcher(v1::ExperimentService::Stub& experiments, const std::string& name) : context_(NewCall()) {
    v1::WatchMetricsRequest request;
    request.set_name(name);
    request.mutable_interval()->set_nanos(kWatchNanos);
    stream_ = experiments.WatchMetrics(context_.get(), request);
    thread_ = std::thread([this] {
      v1::Metrics metrics;
      while (stream_->Read(&metrics)) ++seen_;
    });
  }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher() { AwaitEnd(); }

  // How many snapshots came.
  int AwaitEnd() {
    if (thread_.joinable()) thread_.join();
    return seen_;
  }

 private:
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReader<v1::Metrics>> stream_;
  int seen_ = 0;
  std::thread thread_;
};

// Nanoseconds per message of one fresh experiment.
absl::StatusOr<double> MessageNanos(Lab& lab, const v1::ExperimentSpec& spec, bool watched) {
  auto experiment = lab.Create(spec, v1::Experiment::READY);
  if (!experiment.ok()) return experiment.status();
  std::optional<Watcher> watcher;
  if (watched) watcher.emplace(lab.experiments(), experiment->name());
  v1::RunExperimentRequest run;
  run.set_name(experiment->name());
  v1::Experiment running;
  absl::Status status =
      ToStatus(lab.experiments().RunExperiment(NewCall().get(), run, &running), "RunExperiment");
  if (!status.ok()) return status;
  status = AwaitState(lab.experiments(), experiment->name(), v1::Experiment::SUCCEEDED).status();
  if (!status.ok()) return status;
  constexpr int kFewest = kSeconds * 5;
  if (watched && watcher->AwaitEnd() < kFewest) {
    return absl::InternalError("the watcher saw too little to have cost anything");
  }
  const auto ended = lab.Get(experiment->name());
  if (!ended.ok()) return ended.status();
  const double rate = ended->result().metrics().messages_per_second();
  if (rate <= 0) return absl::InternalError("the experiment has no rate");
  status = lab.Remove(experiment->name());
  return status.ok() ? absl::StatusOr<double>(1e9 / rate) : status;
}

absl::Status Measure(Report& report) {
  auto lab = Lab::Start();
  if (!lab.ok()) return lab.status();
  struct Subject {
    const char* mechanism;
    v1::MeasureSpec::Wait wait;
    const char* what;
  };
  for (const Subject& subject :
       {Subject{"posix_shm_ring", v1::MeasureSpec::SPIN, "posix_shm_ring, spinning"},
        Subject{"pipe", v1::MeasureSpec::BLOCK, "pipe"}}) {
    const v1::ExperimentSpec spec = Stream(subject.mechanism, subject.wait);
    Samples watched;
    Samples alone;
    for (int round = 0; round < kRounds; ++round) {
      for (const bool with : {round % 2 == 0, round % 2 != 0}) {
        const auto nanos = MessageNanos(**lab, spec, with);
        if (!nanos.ok()) return nanos.status();
        (with ? watched : alone).Add(*nanos);
      }
    }
    report.Add({.what = absl::StrCat("time per message, ", subject.what),
                .figure = Nanos(watched.Median()),
                .control = Nanos(alone.Median()),
                .ratio_at_most = kTarget});
  }
  report.Note(absl::StrCat("streams of 64 bytes for ", kSeconds, " s, ", kRounds, " of each"));
  return absl::OkStatus();
}

}  // namespace
}  // namespace ipclab::bench

int main() {
  return ipclab::bench::Run("watching: a stream watched at 10 Hz", ipclab::bench::Measure,
                            "watched", "alone");
}
