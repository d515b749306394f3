// Who may call: the one check at the head of every rpc. Callers on a Unix socket have passed the
// mode of its folder; callers by TCP must bring the token, or every local user could launch
// processes. Thread safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "grpcpp/support/server_callback.h"

namespace ipclab {

class Gate {
 public:
  // token is what TCP callers must bring; empty refuses all of them.
  explicit Gate(std::string token) : token_(std::move(token)) {}

  // UNAUTHENTICATED, saying how to authenticate, or OK.
  absl::Status Check(const grpc::CallbackServerContext& context) const;

 private:
  const std::string token_;
};

}  // namespace ipclab
