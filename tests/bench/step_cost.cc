// StepExperiment by one message, against a bare gRPC echo over the same kind of socket plus one
// hand-off to a worker and back: what the lab adds to a step. A step over two CPUs has ended when
// both workers have, and one of them is on another CPU than the server's thread, wherever that is.

#include <algorithm>
#include <array>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "common/topology.h"
#include "tests/bench/echo_program.h"
#include "tests/bench/hand_off.h"
#include "tests/bench/lab.h"
#include "tests/bench/report.h"
#include "tests/bench/samples.h"

namespace ipclab::bench {
namespace {

constexpr int kRounds = 3000;
constexpr int kWarmUp = 200;
constexpr double kTarget = 1.5;

using SteadyClock = std::chrono::steady_clock;

double NanosSince(SteadyClock::time_point begin) {
  return std::chrono::duration<double, std::nano>(SteadyClock::now() - begin).count();
}

// Steps the experiment and adds the time that the call took.
absl::Status Step(v1::ExperimentService::Stub& stub, const std::string& name, Samples& calls,
                  Samples& round_trips) {
  v1::StepExperimentRequest request;
  request.set_name(name);
  request.set_count(1);
  v1::StepExperimentResponse response;
  const auto context = NewCall();
  const auto begin = SteadyClock::now();
  const grpc::Status status = stub.StepExperiment(context.get(), request, &response);
  calls.Add(NanosSince(begin));
  for (const v1::Latency& latency : response.metrics().latencies()) {
    round_trips.Add(static_cast<double>(latency.max_nanos()));  // the one message
  }
  return ToStatus(status, "StepExperiment");
}

struct Subject {
  const char* name;
  const char* mechanism;
  v1::Placement::Policy placement;
  std::string experiment = {};
  Samples calls = {};
  Samples round_trips = {};  // the step's own message, inside the worker
};

// A word to each worker in turn, and back.
absl::Status Exchange(std::array<HandOff, 2>& workers, std::array<Samples, 2>& samples) {
  for (size_t i = 0; i < workers.size(); ++i) {
    const auto begin = SteadyClock::now();
    if (absl::Status status = workers[i].Do(); !status.ok()) return status;
    samples[i].Add(NanosSince(begin));
  }
  return absl::OkStatus();
}

absl::Status Measure(std::array<HandOff, 2>& workers, Report& report) {
  auto echo = EchoProgram::Start();
  if (!echo.ok()) return echo.status();
  auto lab = Lab::Start();
  if (!lab.ok()) return lab.status();
  Subject subjects[] = {{"pipe, default placement", "pipe", v1::Placement::POLICY_UNSPECIFIED},
                        {"pipe, one CPU", "pipe", v1::Placement::SAME_CPU},
                        {"null, one worker", "null", v1::Placement::SAME_CPU}};
  for (Subject& subject : subjects) {
    const auto experiment = (*lab)->Create(
        RoundTrips(subject.mechanism, subject.placement, 1'000'000), v1::Experiment::READY);
    if (!experiment.ok()) return experiment.status();
    subject.experiment = experiment->name();
  }
  Samples echoes;
  std::array<Samples, 2> hand_offs;
  for (int round = -kWarmUp; round < kRounds; ++round) {
    if (round == 0) {
      echoes = Samples();
      hand_offs = {};
      for (Subject& subject : subjects) subject.calls = subject.round_trips = Samples();
    }
    for (Subject& subject : subjects) {
      const absl::Status status =
          Step((*lab)->experiments(), subject.experiment, subject.calls, subject.round_trips);
      if (!status.ok()) return status;
    }
    Samples none;
    if (absl::Status status = Step(echo->stub(), "experiments/echo", echoes, none); !status.ok()) {
      return status;
    }
    if (absl::Status status = Exchange(workers, hand_offs); !status.ok()) return status;
  }
  report.Note(absl::StrCat("p50 of ", kRounds, " of each, taken in turns; the control is echo p50 ",
                           "plus hand-off p50, to the farther of two CPUs"));
  const double hand_off = std::max(hand_offs[0].Median(), hand_offs[1].Median());
  const Quantity control = Nanos(echoes.Median() + hand_off);
  const Subject& main = subjects[0];
  for (const Subject& subject : subjects) {
    Row row = {.what = subject.name, .figure = Nanos(subject.calls.Median()), .control = control};
    if (&subject == &main) row.ratio_at_most = kTarget;
    report.Add(row);
    report.Add(
        {.what = "  of this the message itself", .figure = Nanos(subject.round_trips.Median())});
  }
  report.Add({.what = "bare gRPC echo", .figure = Nanos(echoes.Median())});
  for (const Samples& each : hand_offs) {
    report.Add({.what = "bare hand-off to a CPU", .figure = Nanos(each.Median())});
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace ipclab::bench

int main() {
  // Forks, so before anything of gRPC exists.
  std::array<ipclab::bench::HandOff, 2> workers = {
      ipclab::bench::HandOff(ipclab::AllowedCpus().front()),
      ipclab::bench::HandOff(ipclab::AllowedCpus().back())};
  return ipclab::bench::Run(
      "step_cost: StepExperiment by one message",
      [&workers](ipclab::bench::Report& report) { return ipclab::bench::Measure(workers, report); },
      "lab", "echo+handoff");
}
