// A real child process of a test, with its standard output on a pipe. Killed and reaped when
// destroyed.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "common/unique_fd.h"
#include "gtest/gtest.h"

namespace ipclab {

class TestChild {
 public:
  TestChild(const std::string& program, const std::string& argument) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
      ADD_FAILURE() << "pipe2 failed";
      return;
    }
    output_.Reset(ends[0]);
    const UniqueFd write_end(ends[1]);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, write_end.get(), STDOUT_FILENO);
    std::string arguments[] = {program, argument};
    char* argv[] = {arguments[0].data(), arguments[1].data(), nullptr};
    const int error = ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error == 0) return;
    pid_ = -1;
    ADD_FAILURE() << "posix_spawn " << program << " failed: " << error;
  }
  TestChild(const TestChild&) = delete;
  TestChild& operator=(const TestChild&) = delete;
  ~TestChild() { Kill(); }

  pid_t pid() const { return pid_; }

  // The next number that it writes; none when it has ended or nothing comes in time.
  std::optional<int64_t> Read(std::chrono::milliseconds patience) {
    pollfd poll{.fd = output_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&poll, 1, static_cast<int>(patience.count())) != 1) return std::nullopt;
    int64_t number = 0;
    // Numbers are written whole: they are shorter than PIPE_BUF.
    if (::read(output_.get(), &number, sizeof(number)) != sizeof(number)) return std::nullopt;
    return number;
  }

  // Ends it with SIGKILL and waits for that. True if the signal is what ended it.
  bool Kill() {
    if (pid_ < 0) return false;
    ::kill(pid_, SIGKILL);
    int status = 0;
    const bool reaped = ::waitpid(pid_, &status, 0) == pid_;
    pid_ = -1;
    return reaped && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  }

 private:
  UniqueFd output_;
  pid_t pid_ = -1;
};

}  // namespace ipclab
