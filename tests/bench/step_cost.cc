// StepExperiment by one message, against a bare gRPC echo over the same kind of socket plus one
// hand-off to a worker and back: what the lab adds to a step.

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

#include "absl/strings/str_cat.h"
#include "common/message_socket.h"
#include "ipclab/internal/control.pb.h"
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

absl::Status Measure(HandOff& hand_off, Report& report) {
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
  Samples hand_offs;
  for (int round = -kWarmUp; round < kRounds; ++round) {
    if (round == 0) {
      echoes = hand_offs = Samples();
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
    const auto begin = SteadyClock::now();
    if (absl::Status status = hand_off.Do(); !status.ok()) return status;
    hand_offs.Add(NanosSince(begin));
  }
  report.Note(absl::StrCat("p50 of ", kRounds, " of each, taken in turns; the control is echo p50 ",
                           "plus hand-off p50"));
  const Quantity control = Nanos(echoes.Median() + hand_offs.Median());
  const Subject& main = subjects[0];
  for (const Subject& subject : subjects) {
    Row row = {.what = subject.name, .figure = Nanos(subject.calls.Median()), .control = control};
    if (&subject == &main) row.ratio_at_most = kTarget;
    report.Add(row);
    report.Add(
        {.what = "  of this the message itself", .figure = Nanos(subject.round_trips.Median())});
  }
  report.Add({.what = "bare gRPC echo", .figure = Nanos(echoes.Median())});
  report.Add({.what = "bare hand-off", .figure = Nanos(hand_offs.Median())});
  return absl::OkStatus();
}

}  // namespace
}  // namespace ipclab::bench

int main() {
  // Forks, so before anything of gRPC exists.
  ipclab::bench::HandOff hand_off;
  return ipclab::bench::Run(
      "step_cost: StepExperiment by one message",
      [&hand_off](ipclab::bench::Report& report) {
        return ipclab::bench::Measure(hand_off, report);
      },
      "lab", "echo+handoff");
}
