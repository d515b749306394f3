// Workers that are born before they are needed: a fork, with all that a new process pays for its
// first instructions, is most of what the start of an experiment would take. They know nothing yet
// and wait for their setup; each is used once.
//
// Owned by whoever forks workers, a process of one thread. Destroying it kills the unused ones.
#pragma once

#include <sys/types.h>

#include <vector>

#include "common/message_socket.h"
#include "common/unique_fd.h"
#include "worker/child.h"
#include "worker/heritage.h"

namespace ipclab {

// A worker and what its server needs of it.
struct SpawnedWorker {
  Child child;
  UniqueFd pidfd;
  MessageSocket control;  // the server's end
};

class Nursery {
 public:
  static constexpr size_t kSpares = 2;  // most experiments have two workers

  explicit Nursery(Heritage heritage) : heritage_(heritage) {}

  // A worker that waits for its setup: a spare one, or a new one. An empty child, with errno set,
  // when the kernel refuses.
  SpawnedWorker Take();

  bool full() const { return spares_.size() >= kSpares; }

  // Adds one spare worker. False when the kernel refuses.
  bool Refill();

  // A child that ended, and was reaped, or was stopped: if it is a spare one it is one no more.
  // True if it was.
  bool Drop(pid_t pid, bool ended);

 private:
  SpawnedWorker Fork() const;

  const Heritage heritage_;
  std::vector<SpawnedWorker> spares_;
};

}  // namespace ipclab
