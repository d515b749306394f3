#include "clients/cli/measure/trial.h"

#include <optional>
#include <string>

#include "clients/cli/live_figures.h"
#include "clients/cli/temporary_experiment.h"

namespace ipclab::cli {
namespace {

constexpr absl::Duration kDrawInterval = absl::Milliseconds(100);

grpc::Status Create(Connection& connection, const std::string& id, const v1::ExperimentSpec& spec,
                    Interrupt& interrupt) {
  const auto context = connection.NewCall();
  const Interrupt::Guard guard(interrupt, *context);
  v1::CreateExperimentRequest request;
  request.set_experiment_id(id);
  *request.mutable_spec() = spec;
  v1::Experiment response;
  return connection.experiments().CreateExperiment(context.get(), request, &response);
}

// Follows the experiment until its last event, or until the server sends us away. Sets read when
// there was anything.
grpc::Status Follow(Connection& connection, const std::string& name, Interrupt& interrupt,
                    Progress& progress, bool& read) {
  const auto context = connection.NewStream();
  const Interrupt::Guard guard(interrupt, *context);
  v1::WatchExperimentRequest request;
  request.set_name(name);
  const auto stream = connection.experiments().WatchExperiment(context.get(), request);
  v1::ExperimentEvent event;
  while (stream->Read(&event)) {
    read = true;
    if (event.has_snapshot()) progress.SetState(event.snapshot().state());
    if (event.has_state_change()) progress.SetState(event.state_change().to());
  }
  return stream->Finish();
}

grpc::Status AwaitEnd(Connection& connection, const std::string& name, Interrupt& interrupt,
                      Progress& progress) {
  std::optional<LiveFigures> live;
  if (progress.shown()) {
    live.emplace(connection, name, kDrawInterval,
                 [&](const v1::Metrics& metrics) { progress.Draw(metrics); });
  }
  for (;;) {
    bool read = false;
    grpc::Status status = Follow(connection, name, interrupt, progress, read);
    // A watcher that fell behind is sent away and may come again; one of too many may not.
    if (status.error_code() != grpc::StatusCode::RESOURCE_EXHAUSTED || !read) return status;
  }
}

// True when the server itself decided against the creation, so that nothing exists.
bool IsRefusal(const grpc::Status& status) {
  return FailureOf(status).exit_code == ExitCode::kRefused;
}

}  // namespace

std::variant<v1::Experiment, Failure> RunTrial(Connection& connection,
                                               const v1::ExperimentSpec& spec, Interrupt& interrupt,
                                               Progress& progress, bool keep) {
  TemporaryExperiment experiment(connection, "measure");
  grpc::Status status = Create(connection, experiment.id(), spec, interrupt);
  if (!status.ok()) {
    if (IsRefusal(status)) experiment.Refused();
    return FailureOf(status);
  }
  status = AwaitEnd(connection, experiment.name(), interrupt, progress);
  if (!status.ok()) return FailureOf(status);
  const auto context = connection.NewCall();
  v1::GetExperimentRequest request;
  request.set_name(experiment.name());
  v1::Experiment ended;
  status = connection.experiments().GetExperiment(context.get(), request, &ended);
  if (!status.ok()) return FailureOf(status);
  if (ended.state() != v1::Experiment::SUCCEEDED) return FailureOf(ended);
  if (keep) experiment.Keep();
  return ended;
}

}  // namespace ipclab::cli
