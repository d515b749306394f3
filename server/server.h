// The whole server: starts its parts in the one right order, and stops them in reverse.
//
// Order: signals, zygote, state folder, store, access, engine, gRPC. The zygote comes before any
// thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/engine.h"
#include "server/event_loop.h"
#include "server/flags.h"
#include "server/host/state_dir.h"
#include "server/rpc/grpc_server.h"
#include "server/security/access.h"
#include "server/store.h"

namespace ipclab {

class Server {
 public:
  // Call while the process has one thread, with the signals to be waited for blocked.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Flags& flags);
  ~Server();

  const std::vector<std::string>& addresses() const { return grpc_->bound(); }

  // Becomes readable when the connection of a private server has ended; -1 without one.
  int lifeline() const { return lifeline_.get(); }

  // Refuses new work, ends experiments and calls, within the grace of the flags. Then destroy it.
  void Stop();

 private:
  Server() = default;
  absl::Status StartParts(const Flags& flags);
  absl::Status OpenStore(const Flags& flags);
  absl::Status OpenAccess(const Flags& flags);
  absl::StatusOr<std::vector<Address>> PrepareAddresses(const Flags& flags) const;

  absl::Duration grace_;
  std::optional<StateDir> state_dir_;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Access> access_;
  LiveCalls calls_;
  std::unique_ptr<GrpcServer> grpc_;
  UniqueFd lifeline_;
};

}  // namespace ipclab
