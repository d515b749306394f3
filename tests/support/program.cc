#include "tests/support/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/support/process_ends.h"

namespace ipclab {
namespace {

constexpr char kSetpriv[] = "/usr/bin/setpriv";  // of util-linux, which every Debian has

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> ChangedEnvironment(const std::map<std::string, std::string>& changes) {
  std::vector<std::string> variables;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string variable = *each;
    if (!changes.contains(variable.substr(0, variable.find('=')))) variables.push_back(variable);
  }
  for (const auto& [name, value] : changes) variables.push_back(name + "=" + value);
  return variables;
}

}  // namespace

ChildProgram::ChildProgram(const std::vector<std::string>& arguments,
                           const std::map<std::string, std::string>& environment)
    // A file, not a pipe: a program that complains at length must not wait for the test to read.
    : errors_(::memfd_create("stderr", MFD_CLOEXEC)) {
  std::array<int, 2> ends;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    ADD_FAILURE() << "pipe2: " << errno;
    return;
  }
  output_.Reset(ends[0]);
  const UniqueFd write_end(ends[1]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, write_end.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, errors_.get(), STDERR_FILENO);
  // It must not outlive a test that crashes.
  std::vector<std::string> argument_texts = {kSetpriv, "--pdeathsig", "KILL"};
  argument_texts.insert(argument_texts.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = ChangedEnvironment(environment);
  const int error = ::posix_spawn(&pid_, kSetpriv, &actions, nullptr,
                                  Pointers(argument_texts).data(), Pointers(variables).data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    pid_ = -1;
    ADD_FAILURE() << "posix_spawn " << arguments.at(0) << ": " << error;
    return;
  }
  pidfd_ = OpenPidfd(pid_);
}

ChildProgram::~ChildProgram() {
  if (!running()) return;
  Signal(SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::optional<std::string> ChildProgram::AwaitLine(absl::Duration patience) {
  const absl::Time deadline = absl::Now() + patience;
  while (true) {
    if (const size_t end = unread_.find('\n'); end != std::string::npos) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    if (!AwaitReadable(output_.get(), deadline - absl::Now())) return std::nullopt;
    std::array<char, 4096> buffer;
    const ssize_t got = ::read(output_.get(), buffer.data(), buffer.size());
    if (got <= 0) return std::nullopt;
    unread_.append(buffer.data(), static_cast<size_t>(got));
  }
}

void ChildProgram::Signal(int signal) const {
  if (running()) ::kill(pid_, signal);
}

std::optional<int> ChildProgram::AwaitExit(absl::Duration patience) {
  if (!running() || !AwaitReadable(pidfd_.get(), patience)) return std::nullopt;
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::string ChildProgram::Complaints() const {
  std::string text;
  std::array<char, 4096> buffer;
  while (true) {
    const ssize_t got =
        ::pread(errors_.get(), buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<size_t>(got));
  }
}

}  // namespace ipclab
