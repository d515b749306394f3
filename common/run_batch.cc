#include "common/run_batch.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ipclab {
namespace {

void Rest() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

void OpenBatch(RunBatch& batch, int workers) {
  for (RunTurn& turn : batch.turns) turn.place.store(0, std::memory_order_relaxed);
  batch.made.store(0, std::memory_order_relaxed);
  batch.reading.store(workers, std::memory_order_relaxed);
  const auto first = static_cast<size_t>(batch.steps[0].worker);
  batch.turns[first].place.store(1, std::memory_order_release);
}

void GiveTurn(RunBatch& batch, int worker, uint32_t place) {
  std::atomic<uint32_t>& turn = batch.turns[static_cast<size_t>(worker)].place;
  turn.store(place, std::memory_order_release);
  if (batch.spins == 0) ::syscall(SYS_futex, &turn, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

void AwaitTurn(RunBatch& batch, int worker, uint32_t place) {
  std::atomic<uint32_t>& turn = batch.turns[static_cast<size_t>(worker)].place;
  uint32_t seen;
  while ((seen = turn.load(std::memory_order_acquire)) != place) {
    if (batch.spins != 0) {
      Rest();
    } else {
      ::syscall(SYS_futex, &turn, FUTEX_WAIT, seen, nullptr, nullptr, 0);
    }
  }
}

}  // namespace ipclab
