// A server of our own for one command: `ipclabd --private-fd 3` at the other end of a socket pair.
// Used when no server is running; nobody else can reach it and it leaves nothing behind.
//
// Not thread safe. Starts a process, so create it before any gRPC object; destroy it after the
// channel that uses its socket.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/unique_fd.h"

namespace ipclab::cli {

class PrivateServer {
 public:
  // Starts the program. Whether it comes up shows at the first call. When it is to end it may take
  // so long as patience before it is killed.
  static absl::StatusOr<PrivateServer> Start(const std::string& program,
                                             std::chrono::milliseconds patience = kPatience);

  PrivateServer(PrivateServer&&) = default;
  PrivateServer& operator=(PrivateServer&&) = delete;

  // Hangs up and waits for the server's end; kills it when it takes too long.
  ~PrivateServer();

  // Our end of the connection, non-blocking. The first call gives it away.
  UniqueFd TakeSocket() { return std::move(socket_); }

  int pid() const { return child_.pid(); }

  // What it has written to its standard error so far, the last few KiB.
  std::string Output() const;

  // Hangs up and waits as the destructor does, so that Output is complete.
  void Stop();

 private:
  static constexpr std::chrono::milliseconds kPatience{5000};

  // The process, killed and reaped by its owner.
  class Child {
   public:
    Child(int pid, std::chrono::milliseconds patience);
    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    ~Child() { End(); }

    // Waits a while for its own end, then kills it. Harmless when it has ended.
    void End();

    int pid() const { return pid_; }

   private:
    int pid_;
    std::chrono::milliseconds patience_;
    UniqueFd pidfd_;
  };

  PrivateServer(UniqueFd socket, UniqueFd hang_up, UniqueFd output, Child child);

  UniqueFd socket_;
  UniqueFd hang_up_;  // a duplicate of socket_: shut down, it ends the connection for gRPC too
  UniqueFd output_;   // memory that stands for its standard output and error
  Child child_;
};

// Where ipclabd is: beside this program, in ../libexec, or in $PATH. NOT_FOUND names the places.
absl::StatusOr<std::string> FindServerProgram();

}  // namespace ipclab::cli
