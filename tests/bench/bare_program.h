// A benchmark's hold on the bare program, the small process that does without the lab what the lab
// does.
#pragma once

#include "absl/status/statusor.h"
#include "common/message_socket.h"
#include "tests/bench/bare/protocol.h"
#include "tests/bench/program.h"

namespace ipclab::bench {

class BareProgram {
 public:
  static absl::StatusOr<BareProgram> Start();

  // Has it done and waits for the answer. UNAVAILABLE when the program says that it failed.
  absl::StatusOr<BareAnswer> Do(const BareRequest& request);

 private:
  BareProgram(Program program, MessageSocket socket)
      : program_(std::move(program)), socket_(std::move(socket)) {}

  Program program_;
  MessageSocket socket_;
};

}  // namespace ipclab::bench
