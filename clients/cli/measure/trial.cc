#include "clients/cli/measure/trial.h"

#include <optional>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/live_figures.h"
#include "google/protobuf/empty.pb.h"

namespace ipclab::cli {
namespace {

constexpr absl::Duration kDrawInterval = absl::Milliseconds(100);

// An experiment's id, chosen here rather than by the server: so it can be deleted even when the
// answer to its creation never came.
class TemporaryExperiment {
 public:
  explicit TemporaryExperiment(Connection& connection)
      : connection_(connection), id_(MakeId()), name_(absl::StrCat("experiments/", id_)) {}

  ~TemporaryExperiment() {
    // One that still lives must be cancelled first, and only such a one refuses to be deleted.
    if (!to_delete_ || Delete() != grpc::StatusCode::FAILED_PRECONDITION) return;
    Cancel();
    Delete();
  }

  TemporaryExperiment(const TemporaryExperiment&) = delete;
  TemporaryExperiment& operator=(const TemporaryExperiment&) = delete;

  const std::string& id() const { return id_; }
  const std::string& name() const { return name_; }

  // From now on it is no more temporary.
  void Keep() { to_delete_ = false; }

  // The server refused to create it.
  void Refused() { to_delete_ = false; }

 private:
  static std::string MakeId() {
    std::random_device random;
    return absl::StrFormat("measure-%08x%08x", random(), random());
  }

  grpc::StatusCode Delete() {
    const auto context = connection_.NewCall();
    v1::DeleteExperimentRequest request;
    request.set_name(name_);
    google::protobuf::Empty response;
    return connection_.experiments()
        .DeleteExperiment(context.get(), request, &response)
        .error_code();
  }

  void Cancel() {
    const auto context = connection_.NewCall();
    v1::CancelExperimentRequest request;
    request.set_name(name_);
    v1::Experiment response;
    // Should it fail, so does the deletion that follows, and the experiment stays for its owner.
    (void)connection_.experiments().CancelExperiment(context.get(), request, &response);
  }

  Connection& connection_;
  const std::string id_;
  const std::string name_;
  bool to_delete_ = true;
};

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
  TemporaryExperiment experiment(connection);
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
