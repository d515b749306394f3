// A worker as the server sees it: a real process that only waits, with the test at its end of the
// control socket. Killed and reaped when destroyed.
#pragma once

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "common/message_socket.h"
#include "common/unique_fd.h"
#include "tests/server/fake_zygote.h"
#include "tests/server/patience.h"
#include "tests/server/test_child.h"

namespace ipclab {

class TestWorker {
 public:
  TestWorker() : pair_(MessageSocket::Pair().value()), child_("/bin/sleep", "1000") {
    pidfd_.Reset(static_cast<int>(::syscall(SYS_pidfd_open, child_.pid(), 0)));
  }

  pid_t pid() const { return child_.pid(); }
  int pidfd() const { return pidfd_.get(); }

  // The end that goes to the server, to be closed once it has it.
  MessageSocket& servers_end() { return pair_.first; }

  void Say(const internal::FromWorker& message, const std::vector<int>& descriptors = {}) {
    EXPECT_TRUE(pair_.second.Send(message, descriptors).ok());
  }
  void SayBytes(std::string_view bytes) { EXPECT_TRUE(pair_.second.Send(bytes).ok()); }
  internal::ToWorker Hear(std::vector<UniqueFd>* descriptors = nullptr) {
    return AwaitMessage<internal::ToWorker>(pair_.second, descriptors);
  }
  bool HasMessage() const { return ipclab::HasMessage(pair_.second); }

  // Dies by SIGKILL, and is gone on return.
  void Die() { EXPECT_TRUE(child_.Kill()); }

  // Waits until somebody else has killed it; it stays a zombie, as the server sees it.
  bool AwaitDeath() const {
    pollfd event{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
    const auto patience = std::chrono::milliseconds(kPatience).count();
    return ::poll(&event, 1, static_cast<int>(patience)) == 1;
  }
  bool IsDead() const {
    pollfd event{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
    return ::poll(&event, 1, 0) == 1;
  }

 private:
  std::pair<MessageSocket, MessageSocket> pair_;
  TestChild child_;
  UniqueFd pidfd_;
};

}  // namespace ipclab
