// Processes that use one lock: the test's own, which hosts it, and children that join. Nobody is
// left behind, whatever a test fails.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <vector>

#include "common/unique_fd.h"
#include "worker/mechanism.h"

namespace ipclab {

class LockUsers {
 public:
  // Makes this process's end.
  LockUsers(const Mechanism& mechanism, ChannelSpec spec);
  LockUsers(const LockUsers&) = delete;
  LockUsers& operator=(const LockUsers&) = delete;
  ~LockUsers();

  // False when the lock could not be made; the test has failed then.
  bool ok() const { return lock_ != nullptr; }
  Lock& lock() { return *lock_; }

  // What a child does with its own end.
  using Act = std::function<bool(std::unique_ptr<Lock> lock)>;

  // Starts a child that joins and, from Begin on, does act: its exit code is 0 when that is true.
  void Add(const Act& act);

  // Once all have joined: connects all ends.
  void Begin();

  // True when the child with this number ended by itself, in time and with exit code 0.
  bool EndsWell(size_t child);

  // Kills it and takes its end.
  void Kill(size_t child);

 private:
  struct Child {
    pid_t pid;
    UniqueFd pidfd;
    UniqueFd joined;  // a byte comes when it has
    UniqueFd begin;   // closed to let it begin
  };

  [[noreturn]] void Live(const Act& act, int joined, int begin);

  const Mechanism& mechanism_;
  const ChannelSpec spec_;
  std::unique_ptr<Lock> lock_;
  ChannelOffer offer_;
  std::vector<Child> children_;
};

}  // namespace ipclab
