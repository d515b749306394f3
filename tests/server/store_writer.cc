// Writes numbered batches into the store at argv[1], several at a time, and puts the number of each
// on standard output once it is reported as done; until it is killed.
#include <unistd.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "server/store.h"
#include "tests/server/store_support.h"

namespace {

// Enough that several batches meet in one transaction.
constexpr int64_t kInFlight = 5;

[[noreturn]] void Fail() { ::_exit(3); }

void WriteUntilKilled(ipclab::Store& store, int64_t written) {
  std::mutex mutex;
  std::condition_variable changed;
  int64_t done = written;
  for (int64_t number = written + 1;; ++number) {
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return number - done <= kInFlight; });
    }
    store.Write(ipclab::NumberedBatch(number), [&, number](const absl::Status& status) {
      if (!status.ok() || ::write(STDOUT_FILENO, &number, sizeof(number)) < 0) Fail();
      const std::lock_guard lock(mutex);
      done = number;
      changed.notify_one();
    });
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) Fail();
  auto store = ipclab::Store::Open(argv[1]);
  if (!store.ok()) Fail();
  const auto contents = (*store)->Load();
  if (!contents.ok()) Fail();
  const int64_t written = ipclab::CountBatches(*contents);
  if (written < 0) Fail();
  WriteUntilKilled(**store, written);
}
