// A real program as a child of the test: what it says is kept, whatever is waited for has a
// deadline. Killed and reaped when destroyed.
//
// Usage:
//   ChildProgram server({IPCLABD, "--listen", address}, {{"XDG_RUNTIME_DIR", folder}});
//   std::optional<std::string> line = server.AwaitLine();
//   server.Signal(SIGTERM);
//   EXPECT_EQ(server.AwaitExit(), 0);
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/unique_fd.h"

namespace ipclab {

// What any event of a test may take before the test fails. Far above what it takes on an idle host:
// sanitizers and busy CPUs must not decide whether a test passes.
inline constexpr absl::Duration kPatience = absl::Seconds(90);

class ChildProgram {
 public:
  // Starts it with the environment of the test, changed as said.
  ChildProgram(const std::vector<std::string>& arguments,
               const std::map<std::string, std::string>& environment);
  ChildProgram(const ChildProgram&) = delete;
  ChildProgram& operator=(const ChildProgram&) = delete;
  ~ChildProgram();

  pid_t pid() const { return pid_; }
  bool running() const { return pid_ > 0; }

  // The next line of its standard output; nullopt at its end or when patience ran out.
  std::optional<std::string> AwaitLine(absl::Duration patience = kPatience);

  void Signal(int signal) const;

  // Reaps it. Its exit code, or minus the signal that ended it; nullopt when it would not end.
  std::optional<int> AwaitExit(absl::Duration patience = kPatience);

  // What it has written to standard error so far.
  std::string Complaints() const;

 private:
  pid_t pid_ = -1;
  UniqueFd pidfd_;
  UniqueFd output_;
  UniqueFd errors_;
  std::string unread_;  // of its output, beyond the last line taken
};

}  // namespace ipclab
