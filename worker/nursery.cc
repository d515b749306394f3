#include "worker/nursery.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "worker/worker.h"

namespace ipclab {

SpawnedWorker Nursery::Take() {
  if (spares_.empty()) return Fork();
  SpawnedWorker worker = std::move(spares_.back());
  spares_.pop_back();
  return worker;
}

bool Nursery::Refill() {
  SpawnedWorker worker = Fork();
  if (!worker.child) return false;
  spares_.push_back(std::move(worker));
  return true;
}

bool Nursery::Drop(pid_t pid, bool ended) {
  const auto spare = std::find_if(spares_.begin(), spares_.end(), [pid](const SpawnedWorker& each) {
    return each.child.pid() == pid;
  });
  if (spare == spares_.end()) return false;
  if (ended) spare->child.Forget();
  spares_.erase(spare);
  return true;
}

SpawnedWorker Nursery::Fork() const {
  auto pair = MessageSocket::Pair();
  if (!pair.ok()) return {};
  SpawnedWorker worker;
  worker.control = std::move(pair->first);
  MessageSocket workers_end = std::move(pair->second);
  const pid_t parent = ::getpid();
  worker.child = Child::Fork([&] { RunWorker(std::move(workers_end), parent, heritage_); });
  if (!worker.child) return {};
  // Without a libc wrapper in Debian 12's headers for C++20; close-on-exec by itself.
  worker.pidfd.Reset(static_cast<int>(::syscall(SYS_pidfd_open, worker.child.pid(), 0)));
  if (!worker.pidfd) return {};
  return worker;
}

}  // namespace ipclab
