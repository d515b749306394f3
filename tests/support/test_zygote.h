// A real zygote process to which the test plays the server. Killed with its workers and reaped when
// destroyed. Whatever is waited for has a deadline.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/message_socket.h"
#include "common/unique_fd.h"
#include "ipclab/internal/control.pb.h"

namespace ipclab {

// What any event of a test may take before the test fails.
inline constexpr std::chrono::seconds kPatience(20);

// Waits until fd is readable or at its end; false when patience ran out.
bool AwaitReadable(int fd, std::chrono::milliseconds patience = kPatience);

// The next message on a socket; nullopt at its end or when patience ran out.
std::optional<MessageSocket::Received> AwaitMessage(MessageSocket& socket);

class TestZygote {
 public:
  struct Answer {
    internal::FromZygote message;
    std::vector<UniqueFd> descriptors;
  };

  // Starts `binary --zygote` and takes its Hello.
  explicit TestZygote(const std::string& binary);
  TestZygote(const TestZygote&) = delete;
  TestZygote& operator=(const TestZygote&) = delete;
  ~TestZygote();

  pid_t pid() const { return pid_; }
  const internal::Hello& hello() const { return hello_; }
  const internal::MechanismRecord* Find(const std::string& id) const;

  void Send(const internal::ToZygote& message);

  // Its next message; empty when it is gone or says nothing.
  Answer Await();

  // Plays a server that goes away.
  void CloseControl() { control_.Close(); }

  // Waits for its end. Its wait status; nullopt when it would not end.
  std::optional<int> AwaitEnd();

 private:
  pid_t pid_ = -1;
  UniqueFd pidfd_;
  MessageSocket control_;
  internal::Hello hello_;
};

}  // namespace ipclab
