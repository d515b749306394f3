#include "tests/support/test_zygote.h"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gtest/gtest.h"
#include "worker/zygote.h"

namespace ipclab {

bool AwaitReadable(int fd, std::chrono::milliseconds patience) {
  pollfd event{fd, POLLIN, 0};
  return ::poll(&event, 1, static_cast<int>(patience.count())) == 1;
}

std::optional<MessageSocket::Received> AwaitMessage(MessageSocket& socket) {
  if (!AwaitReadable(socket.fd())) {
    ADD_FAILURE() << "nothing came";
    return std::nullopt;
  }
  auto received = socket.ReceiveBlocking();
  if (!received.ok()) return std::nullopt;
  return *std::move(received);
}

TestZygote::TestZygote(const std::string& binary) {
  auto pair = MessageSocket::Pair();
  if (!pair.ok()) {
    ADD_FAILURE() << pair.status();
    return;
  }
  control_ = std::move(pair->first);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pair->second.fd(), kZygoteControlFd);
  std::string program = binary;
  std::string argument = "--zygote";
  char* argv[] = {program.data(), argument.data(), nullptr};
  const int error = ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv, environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    pid_ = -1;
    ADD_FAILURE() << "posix_spawn " << binary << ": " << error;
    return;
  }
  pidfd_.Reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  pair->second.Close();
  hello_ = Await().message.hello();
}

TestZygote::~TestZygote() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

const internal::MechanismRecord* TestZygote::Find(const std::string& id) const {
  for (const auto& record : hello_.mechanisms()) {
    if (record.mechanism().id() == id) return &record;
  }
  return nullptr;
}

void TestZygote::Send(const internal::ToZygote& message) {
  const absl::Status status = control_.Send(message);
  EXPECT_TRUE(status.ok()) << status;
}

TestZygote::Answer TestZygote::Await() {
  Answer answer;
  if (auto received = AwaitMessage(control_)) {
    EXPECT_TRUE(received->Parse(answer.message).ok());
    answer.descriptors = std::move(received->descriptors);
  }
  return answer;
}

std::optional<int> TestZygote::AwaitEnd() {
  int status = 0;
  if (pid_ <= 0 || !AwaitReadable(pidfd_.get()) || ::waitpid(pid_, &status, 0) != pid_) {
    return std::nullopt;
  }
  pid_ = -1;
  return status;
}

}  // namespace ipclab
