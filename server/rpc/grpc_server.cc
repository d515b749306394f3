#include "server/rpc/grpc_server.h"

#include <fcntl.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpc/support/log.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/server_posix.h"
#include "spdlog/spdlog.h"

namespace ipclab {
namespace {

constexpr int kMaxSendBytes = 16 << 20;
constexpr size_t kMemoryQuota = 256 << 20;

void Configure(grpc::ServerBuilder& builder, const Limits& limits) {
  // Otherwise a second server on the port starts silently and takes half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 128);
  // Watchers that are gone are found; clients that ping more often than the default are let be.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
  builder.SetMaxReceiveMessageSize(static_cast<int>(limits.max_request_bytes));
  builder.SetMaxSendMessageSize(kMaxSendBytes);
  grpc::ResourceQuota quota("ipclabd");
  quota.Resize(kMemoryQuota);
  builder.SetResourceQuota(quota);
}

// Ends the process when a stop takes longer than it may: better than a server that hangs for ever.
class Watchdog {
 public:
  Watchdog(absl::Duration limit, const LiveCalls& calls)
      : thread_([this, limit, &calls] {
          std::unique_lock lock(mutex_);
          if (done_.wait_for(lock, absl::ToChronoMilliseconds(limit), [this] { return over_; })) {
            return;
          }
          spdlog::critical("the server does not stop; still alive: {}", calls.Describe());
          _exit(1);
        }) {}
  ~Watchdog() {
    {
      std::lock_guard lock(mutex_);
      over_ = true;
    }
    done_.notify_one();
    thread_.join();
  }

 private:
  std::mutex mutex_;  // guards over_
  std::condition_variable done_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace

GrpcServer::GrpcServer(const RpcContext& rpc)
    : rpc_(rpc),
      experiments_(rpc),
      mechanisms_(rpc),
      programs_(rpc),
      system_(rpc),
      channelz_(rpc) {}

GrpcServer::~GrpcServer() = default;

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(
    std::vector<Address> addresses, const RpcContext& rpc,
    std::shared_ptr<grpc::ServerCredentials> by_network) {
  static const bool once = [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    // What it complains of is told in our own words.
    gpr_set_log_function([](gpr_log_func_args* said) { spdlog::debug("gRPC: {}", said->message); });
    return true;
  }();
  static_cast<void>(once);
  std::unique_ptr<GrpcServer> self(new GrpcServer(rpc));
  self->addresses_ = std::move(addresses);
  grpc::ServerBuilder builder;
  Configure(builder, rpc.engine.limits());
  std::vector<int> ports(self->addresses_.size());
  for (size_t i = 0; i < ports.size(); ++i) {
    const Address& address = self->addresses_[i];
    builder.AddListeningPort(
        address.uri,
        address.by_network && by_network ? by_network : grpc::InsecureServerCredentials(),
        &ports[i]);
  }
  builder.RegisterService(&self->experiments_);
  builder.RegisterService(&self->mechanisms_);
  builder.RegisterService(&self->programs_);
  builder.RegisterService(&self->system_);
  builder.RegisterService(&self->channelz_);
  self->server_ = builder.BuildAndStart();
  for (size_t i = 0; i < ports.size(); ++i) {
    const std::string& uri = self->addresses_[i].uri;
    if (!self->server_ || ports[i] == 0) {
      if (ports[i] != 0) continue;
      return absl::UnavailableError(absl::StrCat(
          "cannot listen on ", uri, "; is another server there? Choose another with --listen"));
    }
    self->bound_.push_back(self->addresses_[i].by_network
                               ? absl::StrCat(uri.substr(0, uri.rfind(':') + 1), ports[i])
                               : uri);
  }
  if (!self->server_) return absl::UnavailableError("cannot start the gRPC server");
  return self;
}

void GrpcServer::Adopt(UniqueFd fd) {
  fcntl(fd.get(), F_SETFL, fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
  grpc::AddInsecureChannelFromFd(server_.get(), fd.Release());
}

void GrpcServer::StopServing() {
  if (auto* const health = server_->GetHealthCheckService()) health->SetServingStatus(false);
}

void GrpcServer::Stop(absl::Duration grace) {
  const Watchdog watchdog(2 * grace, rpc_.calls);
  // Shutdown would wait for every connection to close too, and an idle client looks at its own
  // seldom: once the calls are over, nobody is worth waiting for.
  rpc_.calls.AwaitNone(grace);
  server_->Shutdown(absl::ToChronoTime(absl::Now()));
  server_->Wait();
  for (const Address& address : addresses_) {
    // gRPC leaves it in some cases; the lock is still ours.
    if (!address.path.empty()) unlink(address.path.c_str());
  }
}

}  // namespace ipclab
