// StepExperiment and DriveExperiment by one message, and by one operation of a program, against a
// bare gRPC echo of the same shape over the same kind of socket plus one hand-off to a worker and
// back: what the lab adds to a step.
// A step over two CPUs has ended when both workers have, and one of them is on another CPU than the
// server's thread, wherever that is.

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/topology.h"
#include "tests/bench/echo_program.h"
#include "tests/bench/hand_off.h"
#include "tests/bench/lab.h"
#include "tests/bench/report.h"
#include "tests/bench/samples.h"

namespace ipclab::bench {
namespace {

constexpr int kRounds = 2000;
constexpr int kWarmUp = 200;
constexpr double kTarget = 1.5;

using SteadyClock = std::chrono::steady_clock;

double NanosSince(SteadyClock::time_point begin) {
  return std::chrono::duration<double, std::nano>(SteadyClock::now() - begin).count();
}

// Steps one experiment by one message, by the unary rpc or over a stream that stays open.
class Stepper {
 public:
  Stepper(v1::ExperimentService::Stub& stub, std::string experiment, bool drive)
      : stub_(stub), experiment_(std::move(experiment)), context_(drive ? NewCall() : nullptr) {
    if (drive) stream_ = stub.DriveExperiment(context_.get());
  }

  // Adds the time that it took, and that of the message itself.
  absl::Status Step() {
    v1::StepExperimentResponse response;
    const auto begin = SteadyClock::now();
    const absl::Status status = stream_ ? ByDrive(response) : ByCall(response);
    calls_.Add(NanosSince(begin));
    for (const v1::Latency& latency : response.metrics().latencies()) {
      messages_.Add(static_cast<double>(latency.max_nanos()));
    }
    return status;
  }

  void Forget() { calls_ = messages_ = Samples(); }
  double Median() const { return calls_.Median(); }
  double MedianOfMessage() const { return messages_.Median(); }

 private:
  absl::Status ByCall(v1::StepExperimentResponse& response) {
    v1::StepExperimentRequest request;
    request.set_name(experiment_);
    request.set_count(1);
    return ToStatus(stub_.StepExperiment(NewCall().get(), request, &response), "StepExperiment");
  }
  absl::Status ByDrive(v1::StepExperimentResponse& response) {
    v1::DriveExperimentRequest request;
    request.set_name(experiment_);
    request.mutable_step()->set_count(1);
    v1::DriveExperimentResponse answer;
    if (!stream_->Write(request) || !stream_->Read(&answer) || !answer.has_step()) {
      return absl::UnavailableError(absl::StrCat("DriveExperiment: ", answer.ShortDebugString()));
    }
    response = std::move(*answer.mutable_step());
    return absl::OkStatus();
  }

  v1::ExperimentService::Stub& stub_;
  const std::string experiment_;
  std::unique_ptr<grpc::ClientContext> context_;  // outlives the stream
  std::unique_ptr<grpc::ClientReaderWriter<v1::DriveExperimentRequest, v1::DriveExperimentResponse>>
      stream_;
  Samples calls_;
  Samples messages_;  // the step's own message, inside the worker
};

struct Subject {
  std::string what;
  v1::ExperimentSpec spec;
  bool drive;
  bool has_target;
  std::unique_ptr<Stepper> stepper = {};
};

v1::ExperimentSpec Messages(const char* mechanism, v1::Placement::Policy placement) {
  return RoundTrips(mechanism, placement, 1'000'000);
}

// A worker on that CPU that writes a cell again and again: each write is a step.
v1::ExperimentSpec Writes(int cpu) {
  v1::ExperimentSpec spec;
  spec.mutable_program()->set_source("shared x = 0\nprocess P { while 1 == 1 { x = 1 } }\n");
  spec.mutable_placement()->set_policy(v1::Placement::EXPLICIT);
  spec.mutable_placement()->add_cpus(cpu);
  return spec;
}

// Back by as many steps, of which as many are made again.
constexpr int64_t kRewound = 20;
constexpr double kMostToRewind = 5e6;

absl::Status MeasureRewind(Lab& lab, Report& report) {
  const auto experiment = lab.Create(Writes(AllowedCpus().back()), v1::Experiment::READY);
  if (!experiment.ok()) return experiment.status();
  Samples samples;
  for (int round = 0; round < kRounds / 10; ++round) {
    v1::StepExperimentRequest step;
    step.set_name(experiment->name());
    step.set_count(round == 0 ? 2 * kRewound : kRewound);
    v1::StepExperimentResponse response;
    absl::Status status =
        ToStatus(lab.experiments().StepExperiment(NewCall().get(), step, &response), "step");
    v1::RewindExperimentRequest rewind;
    rewind.set_name(experiment->name());
    rewind.set_step(kRewound);
    v1::Experiment there;
    const auto begin = SteadyClock::now();
    status.Update(
        ToStatus(lab.experiments().RewindExperiment(NewCall().get(), rewind, &there), "rewind"));
    samples.Add(NanosSince(begin));
    if (!status.ok()) return status;
  }
  report.Add({.what = absl::StrCat("rewind of ", kRewound, " steps"),
              .figure = Nanos(samples.Median()),
              .at_most = Nanos(kMostToRewind)});
  return absl::OkStatus();
}

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
  std::vector<Subject> subjects;
  for (const bool drive : {false, true}) {
    const std::string how = drive ? "drive, " : "step, ";
    using P = v1::Placement;
    subjects.push_back({how + "pipe", Messages("pipe", P::POLICY_UNSPECIFIED), drive, true});
    subjects.push_back({how + "pipe, one CPU", Messages("pipe", P::SAME_CPU), drive, false});
    subjects.push_back({how + "null", Messages("null", P::SAME_CPU), drive, false});
    subjects.push_back({how + "program, first CPU", Writes(AllowedCpus().front()), drive, true});
    subjects.push_back({how + "program, last CPU", Writes(AllowedCpus().back()), drive, true});
  }
  for (Subject& subject : subjects) {
    const auto experiment = (*lab)->Create(subject.spec, v1::Experiment::READY);
    if (!experiment.ok()) return experiment.status();
    subject.stepper =
        std::make_unique<Stepper>((*lab)->experiments(), experiment->name(), subject.drive);
  }
  std::array<Stepper, 2> echoes = {Stepper(echo->stub(), "experiments/echo", false),
                                   Stepper(echo->stub(), "experiments/echo", true)};
  std::array<Samples, 2> hand_offs;
  for (int round = -kWarmUp; round < kRounds; ++round) {
    if (round == 0) {
      for (Stepper& each : echoes) each.Forget();
      for (Subject& subject : subjects) subject.stepper->Forget();
      hand_offs = {};
    }
    absl::Status status = Exchange(workers, hand_offs);
    for (Stepper& each : echoes) status.Update(each.Step());
    for (Subject& subject : subjects) status.Update(subject.stepper->Step());
    if (!status.ok()) return status;
  }
  report.Note(absl::StrCat("p50 of ", kRounds, " of each, taken in turns; the control is echo p50 ",
                           "plus hand-off p50, to the farther CPU"));
  const double hand_off = std::max(hand_offs[0].Median(), hand_offs[1].Median());
  for (const Subject& subject : subjects) {
    Row row = {.what = subject.what,
               .figure = Nanos(subject.stepper->Median()),
               .control = Nanos(echoes[subject.drive ? 1 : 0].Median() + hand_off)};
    if (subject.has_target) row.ratio_at_most = kTarget;
    report.Add(row);
    if (subject.spec.has_program()) continue;
    const double message = subject.stepper->MedianOfMessage();
    report.Add({.what = "  of this the message itself", .figure = Nanos(message)});
    report.Add({.what = "  without it",
                .figure = Nanos(subject.stepper->Median() - message),
                .control = row.control});
  }
  report.Add({.what = "bare unary echo", .figure = Nanos(echoes[0].Median())});
  report.Add({.what = "bare bidi echo", .figure = Nanos(echoes[1].Median())});
  for (const Samples& each : hand_offs) {
    report.Add({.what = "bare hand-off to a CPU", .figure = Nanos(each.Median())});
  }
  return MeasureRewind(**lab, report);
}

}  // namespace
}  // namespace ipclab::bench

int main() {
  // Forks, so before anything of gRPC exists.
  std::array<ipclab::bench::HandOff, 2> workers = {
      ipclab::bench::HandOff(ipclab::AllowedCpus().front()),
      ipclab::bench::HandOff(ipclab::AllowedCpus().back())};
  return ipclab::bench::Run(
      "step_cost: a step of one message",
      [&workers](ipclab::bench::Report& report) { return ipclab::bench::Measure(workers, report); },
      "lab", "echo+handoff");
}
