// CreateExperiment until the experiment is READY, against a small process that forks two children
// and hears a word from each: what the lab adds to the start of two processes.
//
// From the client's call to the server's stamp of READY, which are of one clock. A client sees it
// by WatchExperiment, opened when the create was answered: the server pushes the change, so
// watching costs one rpc that overlaps with the start of the workers, while polling would take CPU
// from them. That is stated beside it: it has one rpc more than any start needs.

#include <chrono>

#include "absl/strings/str_cat.h"
#include "tests/bench/bare_program.h"
#include "tests/bench/lab.h"
#include "tests/bench/report.h"
#include "tests/bench/samples.h"

namespace ipclab::bench {
namespace {

constexpr int kRounds = 300;
constexpr int kWarmUp = 20;
constexpr double kMostNanos = 5e6;
constexpr double kMostForks = 3;

double NanosOf(const google::protobuf::Timestamp& time) {
  return static_cast<double>(time.seconds()) * 1e9 + time.nanos();
}

// The server's stamps are of this clock, so it tells where the time goes as well.
double Now() {
  return std::chrono::duration<double, std::nano>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

struct Figures {
  Samples forks;         // of the small process
  Samples linked_forks;  // of a process with protobuf's shared libraries
  Samples ready;
  Samples seen_ready;
  Samples answered;         // the create: the request's way, validation, the commit, and back
  Samples request;          // of these, until the server made the experiment
  Samples ready_at_server;  // from then until its READY: commit, spawn, connect
  Samples news;             // from READY at the server to the client
};

absl::Status MeasureForks(BareProgram& program, Samples& samples) {
  const auto forks = program.Do(
      {.act = BareRequest::kForks, .count = 2, .warm_up = 0, .message_bytes = 0, .cpus = {}});
  if (forks.ok()) samples.Add(static_cast<double>(forks->nanos));
  return forks.status();
}

absl::Status MeasureLab(Lab& lab, Figures& figures) {
  v1::CreateExperimentRequest request;
  *request.mutable_spec() = RoundTrips("pipe", v1::Placement::POLICY_UNSPECIFIED, 1000);
  v1::Experiment experiment;
  const double begin = Now();
  const grpc::Status created =
      lab.experiments().CreateExperiment(NewCall().get(), request, &experiment);
  const double answered = Now();
  if (!created.ok()) return ToStatus(created, "CreateExperiment");
  const auto ready = AwaitState(lab.experiments(), experiment.name(), v1::Experiment::READY);
  const double seen = Now();
  if (!ready.ok()) return ready.status();

  const double made = NanosOf(experiment.create_time());
  const double became_ready =
      ready->has_snapshot() ? NanosOf(ready->snapshot().update_time()) : NanosOf(ready->time());
  figures.ready.Add(became_ready - begin);
  figures.seen_ready.Add(seen - begin);
  figures.answered.Add(answered - begin);
  figures.request.Add(made - begin);
  figures.ready_at_server.Add(became_ready - made);
  figures.news.Add(seen - became_ready);
  return lab.Remove(experiment.name());
}

absl::Status Measure(Report& report) {
  auto small = BareProgram::Start(BareProgram::kSmall);
  if (!small.ok()) return small.status();
  auto linked = BareProgram::Start(BareProgram::kLinked);
  if (!linked.ok()) return linked.status();
  auto lab = Lab::Start();
  if (!lab.ok()) return lab.status();
  Figures figures;
  for (int round = -kWarmUp; round < kRounds; ++round) {
    if (round == 0) figures = Figures();
    absl::Status status = MeasureForks(*small, figures.forks);
    if (status.ok()) status = MeasureForks(*linked, figures.linked_forks);
    if (status.ok()) status = MeasureLab(**lab, figures);
    if (!status.ok()) return status;
  }
  report.Note(absl::StrCat(kRounds, " of each, taken in turns; the state folder is on a disk"));
  const Quantity ready = Nanos(figures.ready.Median());
  report.Add({.what = "READY, p50", .figure = ready, .at_most = Nanos(kMostNanos)});
  report.Add({.what = "READY, p50, against forks",
              .figure = ready,
              .control = Nanos(figures.forks.Median()),
              .ratio_at_most = kMostForks});
  report.Add({.what = "  against forks of a process with shared protobuf",
              .figure = ready,
              .control = Nanos(figures.linked_forks.Median())});
  report.Add({.what = "READY, p90",
              .figure = Nanos(figures.ready.Percentile(90)),
              .control = Nanos(figures.forks.Percentile(90))});
  report.Add({.what = "READY seen by a client, p50",
              .figure = Nanos(figures.seen_ready.Median()),
              .control = Nanos(figures.forks.Median())});
  report.Add({.what = "  create answered, p50", .figure = Nanos(figures.answered.Median())});
  report.Add({.what = "  request to STARTING, p50", .figure = Nanos(figures.request.Median())});
  report.Add(
      {.what = "  STARTING to READY, p50", .figure = Nanos(figures.ready_at_server.Median())});
  report.Add({.what = "  READY to client, p50", .figure = Nanos(figures.news.Median())});
  return absl::OkStatus();
}

}  // namespace
}  // namespace ipclab::bench

int main() {
  return ipclab::bench::Run("create_ready: the start of an experiment with two workers",
                            ipclab::bench::Measure, "lab", "two forks");
}
