// A benchmark's hold on a bare program, which does without the lab what the lab does.
#pragma once

#include "absl/status/statusor.h"
#include "common/message_socket.h"
#include "tests/bench/bare/protocol.h"
#include "tests/bench/program.h"

namespace ipclab::bench {

class BareProgram {
 public:
  enum Kind {
    kSmall,   // links libc alone; forks and kills
    kLinked,  // has the zygote's libraries; forks and makes round trips
  };

  static absl::StatusOr<BareProgram> Start(Kind kind);

  // Has it done and waits for the answer. UNAVAILABLE when the program says that it failed.
  absl::StatusOr<BareAnswer> Do(const BareRequest& request);

 private:
  BareProgram(ChildProgram program, MessageSocket socket)
      : program_(std::move(program)), socket_(std::move(socket)) {}

  ChildProgram program_;
  MessageSocket socket_;
};

}  // namespace ipclab::bench
