#include "tests/bench/lab.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"

namespace ipclab::bench {
namespace {

using E = v1::Experiment;

constexpr int64_t kMessageBytes = 64;
constexpr int64_t kWarmUpMessages = 2000;

// The server of this build, unless the environment names another: for the same figures before and
// after a change.
std::string ServerBinary() {
  const char* const other = std::getenv("IPCLABD");
  return other == nullptr ? IPCLABD : other;
}

bool IsEnd(E::State state) { return state >= E::SUCCEEDED; }

}  // namespace

TemporaryFolder::TemporaryFolder()
    : path_((std::filesystem::temp_directory_path() / "ipclab-bench-XXXXXX").string()) {
  if (::mkdtemp(path_.data()) == nullptr) path_.clear();
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

absl::StatusOr<std::unique_ptr<Lab>> Lab::Start(const std::vector<std::string>& flags) {
  std::unique_ptr<Lab> lab(new Lab());
  const std::string& folder = lab->folder_.path();
  if (folder.empty()) return absl::UnavailableError("mkdtemp: no folder for the server");
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return ErrnoStatus("pipe2");
  const UniqueFd output(ends[0]);
  UniqueFd servers_output(ends[1]);
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const std::string address = absl::StrCat("unix:", folder, "/socket");
  std::vector<std::string> command = {ServerBinary(),    "--listen",    address, "--state-dir",
                                      folder + "/state", "--log-level", "error"};
  command.insert(command.end(), flags.begin(), flags.end());
  absl::StatusOr<ChildProgram> server =
      ChildProgram::Start(command, null.get(), servers_output.get(), {"XDG_RUNTIME_DIR=" + folder});
  if (!server.ok()) return server.status();
  lab->server_ = std::make_unique<ChildProgram>(*std::move(server));
  servers_output.Reset();
  if (const auto line = AwaitLine(output.get()); !line.ok()) return line.status();
  lab->channel_ = Connect(address);
  lab->experiments_ = v1::ExperimentService::NewStub(lab->channel_);
  lab->system_ = v1::SystemService::NewStub(lab->channel_);
  return lab;
}

std::shared_ptr<grpc::Channel> Lab::NewChannel() const {
  return Connect(absl::StrCat("unix:", folder_.path(), "/socket"));
}

absl::StatusOr<E> Lab::Create(const v1::ExperimentSpec& spec, E::State until) {
  v1::CreateExperimentRequest request;
  *request.mutable_spec() = spec;
  E experiment;
  const grpc::Status status = experiments_->CreateExperiment(NewCall().get(), request, &experiment);
  if (!status.ok()) return ToStatus(status, "CreateExperiment");
  const auto event = AwaitState(*experiments_, experiment.name(), until);
  if (!event.ok()) return event.status();
  return Get(experiment.name());
}

absl::StatusOr<E> Lab::Measure(const v1::ExperimentSpec& spec) {
  v1::ExperimentSpec running = spec;
  running.set_start(v1::ExperimentSpec::RUN);
  return Create(running, E::SUCCEEDED);
}

absl::StatusOr<E> Lab::Get(const std::string& name) {
  v1::GetExperimentRequest request;
  request.set_name(name);
  E experiment;
  const grpc::Status status = experiments_->GetExperiment(NewCall().get(), request, &experiment);
  if (!status.ok()) return ToStatus(status, "GetExperiment");
  return experiment;
}

absl::Status Lab::Remove(const std::string& name) {
  v1::CancelExperimentRequest cancel;
  cancel.set_name(name);
  E experiment;
  // Refused when it has ended already.
  experiments_->CancelExperiment(NewCall().get(), cancel, &experiment);
  v1::DeleteExperimentRequest request;
  request.set_name(name);
  google::protobuf::Empty nothing;
  return ToStatus(experiments_->DeleteExperiment(NewCall().get(), request, &nothing),
                  "DeleteExperiment");
}

v1::ExperimentSpec RoundTrips(const std::string& mechanism, v1::Placement::Policy placement,
                              int64_t messages) {
  v1::ExperimentSpec spec;
  spec.mutable_placement()->set_policy(placement);
  v1::MeasureSpec& measure = *spec.mutable_measure();
  measure.set_mechanism(mechanism);
  measure.set_pattern(v1::Pattern::ROUND_TRIP);
  measure.set_message_bytes(kMessageBytes);
  measure.set_messages(messages);
  measure.set_warm_up_messages(kWarmUpMessages);
  return spec;
}

absl::StatusOr<v1::ExperimentEvent> AwaitState(v1::ExperimentService::Stub& experiments,
                                               const std::string& name, E::State state) {
  v1::WatchExperimentRequest request;
  request.set_name(name);
  const auto call = NewCall();
  const auto reader = experiments.WatchExperiment(call.get(), request);
  v1::ExperimentEvent event;
  while (reader->Read(&event)) {
    E::State now = E::STATE_UNSPECIFIED;
    if (event.has_snapshot()) now = event.snapshot().state();
    if (event.has_state_change()) now = event.state_change().to();
    if (now == state) {
      call->TryCancel();
      reader->Finish();
      return event;
    }
    if (IsEnd(now)) break;
  }
  call->TryCancel();
  const grpc::Status status = reader->Finish();
  return absl::AbortedError(absl::StrCat(name, " did not become ", E::State_Name(state), ": ",
                                         event.ShortDebugString(), status.error_message()));
}

std::unique_ptr<grpc::ClientContext> NewCall() {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + 6 * kPatience);
  return context;
}

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

absl::Status ToStatus(const grpc::Status& status, const std::string& act) {
  if (status.ok()) return absl::OkStatus();
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      absl::StrCat(act, ": ", status.error_message()));
}

}  // namespace ipclab::bench
