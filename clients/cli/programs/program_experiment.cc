#include "clients/cli/programs/program_experiment.h"

#include <functional>
#include <optional>

namespace ipclab::cli {
namespace {

using ExperimentState = v1::Experiment::State;

bool IsParked(ExperimentState state) {
  return state == v1::Experiment::READY || state == v1::Experiment::PAUSED;
}

bool IsOver(ExperimentState state) { return state >= v1::Experiment::SUCCEEDED; }

std::optional<Failure> CreateOnProgram(Connection& connection, const v1::ExperimentSpec& spec,
                                       TemporaryExperiment& experiment, Interrupt& interrupt) {
  const auto context = connection.NewCall();
  const Interrupt::Guard guard(interrupt, *context);
  v1::CreateExperimentRequest request;
  request.set_experiment_id(experiment.id());
  *request.mutable_spec() = spec;
  v1::Experiment response;
  const grpc::Status status =
      connection.experiments().CreateExperiment(context.get(), request, &response);
  if (status.ok()) return std::nullopt;
  Failure failure = FailureOf(status);
  if (failure.exit_code == ExitCode::kRefused) experiment.Refused();
  return failure;
}

// Follows the experiment until it is in such a state, or at its end.
std::optional<Failure> AwaitState(Connection& connection, const std::string& name,
                                  const std::function<bool(ExperimentState)>& awaited,
                                  Interrupt& interrupt) {
  const auto context = connection.NewStream();
  const Interrupt::Guard guard(interrupt, *context);
  v1::WatchExperimentRequest request;
  request.set_name(name);
  const auto stream = connection.experiments().WatchExperiment(context.get(), request);
  v1::ExperimentEvent event;
  bool reached = false;
  while (!reached && stream->Read(&event)) {
    ExperimentState state = v1::Experiment::STATE_UNSPECIFIED;
    if (event.has_snapshot()) state = event.snapshot().state();
    if (event.has_state_change()) state = event.state_change().to();
    reached = awaited(state) || IsOver(state);
  }
  context->TryCancel();
  const grpc::Status status = stream->Finish();
  if (reached || status.ok()) return std::nullopt;
  return FailureOf(status);
}

}  // namespace

std::variant<v1::Experiment, Failure> GetExperiment(Connection& connection,
                                                    const std::string& name) {
  const auto context = connection.NewCall();
  v1::GetExperimentRequest request;
  request.set_name(name);
  v1::Experiment experiment;
  const grpc::Status status =
      connection.experiments().GetExperiment(context.get(), request, &experiment);
  if (!status.ok()) return FailureOf(status);
  return experiment;
}

std::variant<v1::Experiment, Failure> StartProgram(Connection& connection,
                                                   const v1::ProgramSpec& spec,
                                                   TemporaryExperiment& experiment,
                                                   Interrupt& interrupt) {
  v1::ExperimentSpec whole;
  *whole.mutable_program() = spec;
  whole.set_share_cpus(true);  // nothing is timed
  if (auto failure = CreateOnProgram(connection, whole, experiment, interrupt)) return *failure;
  if (auto failure = AwaitState(connection, experiment.name(), IsParked, interrupt)) {
    return *failure;
  }
  auto got = GetExperiment(connection, experiment.name());
  const auto* started = std::get_if<v1::Experiment>(&got);
  if (started && IsOver(started->state())) return FailureOf(*started);
  return got;
}

std::variant<v1::Experiment, Failure> RunFree(Connection& connection, const v1::ProgramSpec& spec,
                                              absl::Duration limit, TemporaryExperiment& experiment,
                                              Interrupt& interrupt) {
  v1::ExperimentSpec whole;
  *whole.mutable_program() = spec;
  whole.set_share_cpus(true);
  const int64_t nanos = absl::ToInt64Nanoseconds(limit);
  whole.mutable_time_limit()->set_seconds(nanos / 1'000'000'000);
  whole.mutable_time_limit()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
  if (auto failure = CreateOnProgram(connection, whole, experiment, interrupt)) return *failure;
  {
    const auto context = connection.NewCall();
    const Interrupt::Guard guard(interrupt, *context);
    v1::RunExperimentRequest request;
    request.set_name(experiment.name());
    request.set_free(true);
    v1::Experiment response;
    const grpc::Status status =
        connection.experiments().RunExperiment(context.get(), request, &response);
    if (!status.ok()) return FailureOf(status);
  }
  if (auto failure = AwaitState(connection, experiment.name(), IsOver, interrupt)) return *failure;
  return GetExperiment(connection, experiment.name());
}

}  // namespace ipclab::cli
