// The control for what the server and a worker say to each other: a child that answers a Leg with a
// LegDone over a SEQPACKET pair, and does nothing else.
#pragma once

#include <sys/types.h>

#include "absl/status/status.h"
#include "common/message_socket.h"

namespace ipclab::bench {

class HandOff {
 public:
  // Forks the child, which runs on that CPU: only while the process has one thread.
  explicit HandOff(int cpu);
  HandOff(const HandOff&) = delete;
  HandOff& operator=(const HandOff&) = delete;
  ~HandOff();

  // There and back.
  absl::Status Do();

 private:
  MessageSocket socket_;
  pid_t child_ = 0;
};

}  // namespace ipclab::bench
