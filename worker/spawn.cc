#include "worker/spawn.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "common/mapping.h"
#include "common/pages.h"
#include "worker/worker.h"

namespace ipclab {
namespace {

SpawnOutcome Failure(int error, std::string what) {
  SpawnOutcome outcome;
  outcome.error = error != 0 ? error : EIO;
  outcome.what = std::move(what);
  return outcome;
}

// A status keeps no errno, but nothing after the failed call has changed it: closing keeps it.
SpawnOutcome Failure(const absl::Status& status) { return Failure(errno, status.ToString()); }

bool IndicesAreInOrder(const internal::Spawn& spawn) {
  for (int i = 0; i < spawn.workers_size(); ++i) {
    if (spawn.workers(i).index() != i) return false;
  }
  return true;
}

UniqueFd OpenPidfd(pid_t pid) {
  // Without a libc wrapper in Debian 12's headers for C++20; close-on-exec by itself.
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

}  // namespace

SpawnOutcome SpawnWorkers(const internal::Spawn& spawn, const Heritage& heritage) {
  const int count = spawn.workers_size();
  if (count == 0 || !IndicesAreInOrder(spawn)) return Failure(EINVAL, "spawn: indices of workers");

  SpawnOutcome outcome;
  const size_t bytes = PagesBytes(count);
  absl::StatusOr<UniqueFd> pages = CreateMemoryFile("ipclab-pages", bytes);
  if (!pages.ok()) return Failure(pages.status());
  outcome.pages = *std::move(pages);
  absl::StatusOr<Mapping> mapping = Mapping::Shared(outcome.pages.get(), bytes);
  if (!mapping.ok()) return Failure(mapping.status());

  // Everything else first, so that the forks are back to back: the workers are born together.
  std::vector<MessageSocket> workers_ends;
  for (int i = 0; i < count; ++i) {
    auto pair = MessageSocket::Pair();
    if (!pair.ok()) return Failure(pair.status());
    outcome.workers.push_back({Child(), UniqueFd(), std::move(pair->first)});
    workers_ends.push_back(std::move(pair->second));
  }

  const pid_t parent = ::getpid();
  for (int i = 0; i < count; ++i) {
    SpawnedWorker& worker = outcome.workers[static_cast<size_t>(i)];
    MessageSocket& workers_end = workers_ends[static_cast<size_t>(i)];
    worker.child = Child::Fork([&] {
      RunWorker(spawn.workers(i), mapping->data(), std::move(workers_end), parent, heritage);
    });
    if (!worker.child) return Failure(errno, absl::StrCat("fork worker ", i));
    worker.pidfd = OpenPidfd(worker.child.pid());
    if (!worker.pidfd) return Failure(errno, absl::StrCat("pidfd_open worker ", i));
    workers_end.Close();
  }
  return outcome;
}

}  // namespace ipclab
