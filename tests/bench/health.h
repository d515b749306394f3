// Asks a server whether it serves, by the standard health service. The messages are two bytes at
// most, so they are written by hand rather than by generated code.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <memory>

#include "absl/status/status.h"

namespace ipclab::bench {

class HealthProbe {
 public:
  explicit HealthProbe(std::shared_ptr<grpc::Channel> channel);
  ~HealthProbe();

  // OK when the server says that it serves.
  absl::Status Check();

 private:
  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;
};

}  // namespace ipclab::bench
