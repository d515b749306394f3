#include "server/server.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/ipc_name.h"
#include "common/pages.h"
#include "common/program/program.h"
#include "common/topology.h"
#include "server/durations.h"
#include "server/host/environment.h"
#include "server/host/memory.h"
#include "spdlog/spdlog.h"

namespace ipclab {
namespace {

constexpr absl::Duration kHelloLimit = absl::Seconds(10);
constexpr int64_t kExploreBytes = 1 << 30;

// Four descriptors per experiment of two workers, and one or more per client: the default of 1024
// is too few for hundreds of parked experiments.
void RaiseDescriptorLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

v1::ServerLimits ToProto(const Limits& limits) {
  v1::ServerLimits message;
  message.set_max_experiments(limits.max_experiments);
  message.set_max_workers(limits.max_workers);
  message.set_max_message_bytes(limits.max_message_bytes);
  message.set_max_messages(limits.max_messages);
  message.set_max_watchers(limits.max_watchers);
  message.set_max_drives(limits.max_drives);
  message.set_creates_per_second(limits.creates_per_second);
  message.set_create_burst(limits.create_burst);
  message.set_max_request_bytes(limits.max_request_bytes);
  message.set_max_memory_bytes(limits.max_memory_bytes);
  v1::ProgramLimits& programs = *message.mutable_programs();
  programs.set_max_source_bytes(ProgramLimits::kSourceBytes);
  programs.set_max_workers(ProgramLimits::kWorkers);
  programs.set_max_objects(ProgramLimits::kObjects);
  programs.set_max_kernel_objects(kMaxLinks);
  programs.set_max_nesting(ProgramLimits::kNesting);
  programs.set_max_local_instructions(ProgramLimits::kLocalInstructions);
  programs.set_max_state_words(ProgramLimits::kStateWords);
  programs.set_max_steps(ProgramLimits::kSteps);
  v1::ExploreLimits& explorations = *message.mutable_explorations();
  explorations.set_max_explorations(limits.max_explorations);
  explorations.set_max_schedules(limits.max_explore_schedules);
  explorations.set_max_steps(ProgramLimits::kSteps);
  *explorations.mutable_max_time() = ipclab::ToProto(limits.max_explore_time);
  *explorations.mutable_default_time() = ipclab::ToProto(limits.default_explore_time);
  explorations.set_max_memory_bytes(limits.max_explore_bytes);
  return message;
}

// What the administrator should know of where the server listens.
std::vector<std::string> AddressWarnings(const std::vector<Address>& addresses, bool tls) {
  std::vector<std::string> warnings;
  for (const Address& address : addresses) {
    if (!address.beyond_loopback || tls) continue;
    warnings.push_back(absl::StrCat("plain text on ", address.uri,
                                    ": whoever is on the way can read the token and use it; "
                                    "--tls-cert and --tls-key prevent that"));
  }
  return warnings;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Flags& flags) {
  std::unique_ptr<Server> server(new Server());
  if (absl::Status status = server->StartParts(flags); !status.ok()) return status;
  return server;
}

absl::Status Server::StartParts(const Flags& flags) {
  grace_ = flags.grace;
  RaiseDescriptorLimit();
  EngineSettings settings;
  settings.limits = flags.limits;
  if (settings.limits.max_memory_bytes == 0) {
    settings.limits.max_memory_bytes = HostMemoryBytes() / 2;
  }
  if (settings.limits.max_explore_bytes == 0) {
    settings.limits.max_explore_bytes = std::min(kExploreBytes, HostMemoryBytes() / 4);
  }
  settings.stall_limit = flags.stall_limit;
  settings.worker_binary = FindWorkerBinary(flags);
  auto zygote = LaunchZygote(settings.worker_binary);
  if (!zygote.ok()) return zygote.status();
  auto hello = AwaitHello(*zygote, kHelloLimit);
  if (!hello.ok()) return hello.status();

  auto addresses = PrepareAddresses(flags);
  if (!addresses.ok()) return addresses.status();
  if (absl::Status status = OpenStore(flags); !status.ok()) return status;
  auto contents = store_->Load();
  if (!contents.ok()) return contents.status();
  if (absl::Status status = OpenAccess(flags); !status.ok()) return status;
  settings.run_folder = RuntimeFolderPath();

  Topology topology = ReadTopology();
  settings.info.set_version(IPCLAB_VERSION);
  settings.info.set_pid(getpid());
  *settings.info.mutable_start_time() = ProtoNow();
  *settings.info.mutable_environment() = ReadEnvironment(topology, hello->environment());
  *settings.info.mutable_limits() = ToProto(settings.limits);
  *settings.info.mutable_shortcomings() = hello->shortcomings();
  std::vector<std::string> warnings = AddressWarnings(*addresses, flags.tls.any());
  warnings.insert(warnings.end(), access_->warnings().begin(), access_->warnings().end());
  settings.programs = ProgramShelf::Load(FindProgramFolder(flags));
  const std::vector<std::string>& left_out = settings.programs.complaints();
  warnings.insert(warnings.end(), left_out.begin(), left_out.end());
  for (const std::string& warning : warnings) {
    spdlog::warn("{}", warning);
    settings.info.add_warnings(warning);
  }

  loop_ = std::make_unique<EventLoop>();
  engine_ = std::make_unique<Engine>(*loop_, *store_, *std::move(zygote), Catalogue(*hello),
                                     std::move(topology), std::move(settings));
  loop_->Post([this, &contents] { engine_->Restore(*std::move(contents)); });
  auto grpc = GrpcServer::Start(*std::move(addresses), {*loop_, *engine_, access_->gate(), calls_},
                                access_->by_network());
  if (!grpc.ok()) return grpc.status();
  grpc_ = *std::move(grpc);
  if (flags.private_fd >= 0) {
    lifeline_.Reset(fcntl(flags.private_fd, F_DUPFD_CLOEXEC, 0));
    grpc_->Adopt(UniqueFd(flags.private_fd));
  }
  loop_->Post([this] { engine_->SetAddresses(grpc_->bound()); });
  // Once it serves: one that cannot start has something more urgent to say.
  for (const v1::HostShortcoming& each : hello->shortcomings()) {
    spdlog::warn("{} ({}); remedy: {}", each.description(), each.id(), each.remedy());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Address>> Server::PrepareAddresses(const Flags& flags) const {
  std::vector<std::string> texts = flags.listen;
  if (texts.empty() && flags.private_fd < 0) {
    auto address = DefaultAddress();
    if (!address.ok()) return address.status();
    texts.push_back(*std::move(address));
  }
  const Reach reach =
      flags.tls.any() || flags.insecure_remote ? Reach::kEverywhere : Reach::kLoopback;
  std::vector<Address> addresses;
  for (const std::string& text : texts) {
    auto address = PrepareAddress(text, reach);
    if (!address.ok()) return address.status();
    addresses.push_back(*std::move(address));
  }
  return addresses;
}

absl::Status Server::OpenStore(const Flags& flags) {
  std::string path = ":memory:";
  if (flags.private_fd < 0) {
    auto folder = flags.state_dir.empty() ? DefaultStateDir() : flags.state_dir;
    if (!folder.ok()) return folder.status();
    auto state_dir = StateDir::Open(*folder);
    if (!state_dir.ok()) return state_dir.status();
    state_dir_.emplace(*std::move(state_dir));
    path = state_dir_->database_path();
  }
  auto store = Store::Open(path);
  if (!store.ok()) return store.status();
  store_ = *std::move(store);
  return absl::OkStatus();
}

absl::Status Server::OpenAccess(const Flags& flags) {
  auto access = Access::Open({.own_token = state_dir_ ? state_dir_->token() : "",
                              .tokens = flags.tokens,
                              .tls = flags.tls,
                              .limits = flags.limits});
  if (!access.ok()) return access.status();
  access_ = *std::move(access);
  return absl::OkStatus();
}

void Server::Stop() {
  grpc_->StopServing();
  // Shared: when the grace is over it may come later than this returns.
  const auto drained = std::make_shared<std::promise<void>>();
  loop_->Post([this, drained] { engine_->Stop([drained] { drained->set_value(); }); });
  const auto half = absl::ToChronoMilliseconds(grace_ / 2);
  if (drained->get_future().wait_for(half) != std::future_status::ready) {
    spdlog::warn("some experiments have not ended in time; they will be ABORTED at the next start");
  }
  grpc_->Stop(grace_ / 2);
}

// Stop has ended every rpc. What is still posted must not find the engine gone.
Server::~Server() {
  grpc_.reset();
  if (loop_) loop_->Stop();
  store_.reset();
  engine_.reset();
}

}  // namespace ipclab
