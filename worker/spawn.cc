#include "worker/spawn.h"

#include <unistd.h>

#include <cerrno>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/mapping.h"
#include "common/pages.h"
#include "worker/birth.h"

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

bool Put(const std::string& text, int file, size_t offset) {
  size_t put = 0;
  while (put < text.size()) {
    const ssize_t wrote =
        ::pwrite(file, text.data() + put, text.size() - put, static_cast<off_t>(offset + put));
    if (wrote < 0 && errno != EINTR) return false;
    if (wrote > 0) put += static_cast<size_t>(wrote);
  }
  return true;
}

// A spare worker may have died since it was last looked at: then its socket is closed, and the next
// one is as good. Where new ones die too, something is wrong that more forks would not mend.
SpawnedWorker TakeAndSetUp(const internal::WorkerSetup& setup, int pages, Nursery& nursery) {
  internal::ToWorker message;
  *message.mutable_setup() = setup;
  constexpr size_t kTries = Nursery::kSpares + 2;
  for (size_t i = 0; i < kTries; ++i) {
    SpawnedWorker worker = nursery.Take();
    if (!worker.child) return worker;
    // Asleep it is moved for nothing, and wakes where it belongs; it looks for itself, and says so
    // if that failed.
    PinProcess(worker.child.pid(), setup.cpu()).IgnoreError();
    const absl::Status status = worker.control.Send(message, std::span(&pages, 1));
    if (!absl::IsUnavailable(status)) return status.ok() ? std::move(worker) : SpawnedWorker();
  }
  errno = ECHILD;
  return SpawnedWorker();
}

}  // namespace

SpawnOutcome SpawnWorkers(const internal::Spawn& spawn, Nursery& nursery) {
  const int count = spawn.workers_size();
  if (count == 0 || !IndicesAreInOrder(spawn)) return Failure(EINVAL, "spawn: indices of workers");

  SpawnOutcome outcome;
  if (spawn.extra_bytes() < 0 || spawn.extra().size() > static_cast<size_t>(spawn.extra_bytes())) {
    return Failure(EINVAL, "spawn: extra room");
  }
  const size_t bytes = PagesBytes(count) + static_cast<size_t>(spawn.extra_bytes());
  absl::StatusOr<UniqueFd> pages = CreateMemoryFile("ipclab-pages", bytes);
  if (!pages.ok()) return Failure(pages.status());
  outcome.pages = *std::move(pages);
  if (!Put(spawn.extra(), outcome.pages.get(), PagesBytes(count))) {
    return Failure(errno, "write the program's text");
  }
  for (const internal::WorkerSetup& setup : spawn.workers()) {
    outcome.workers.push_back(TakeAndSetUp(setup, outcome.pages.get(), nursery));
    if (!outcome.workers.back().child) {
      return Failure(errno, absl::StrCat("start worker ", setup.index()));
    }
  }
  return outcome;
}

}  // namespace ipclab
