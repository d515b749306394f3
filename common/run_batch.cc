#include "common/run_batch.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ipclab {
namespace {

// Some 20 us: who gives its turn is at it, unless its CPU was taken from it. To spin on would only
// keep others from theirs.
constexpr int kSpins = 500;

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
  batch.failed.store(0, std::memory_order_relaxed);
  batch.reading.store(workers, std::memory_order_relaxed);
  const auto first = static_cast<size_t>(batch.steps[0].worker);
  batch.turns[first].place.store(1, std::memory_order_release);
}

void GiveTurn(RunBatch& batch, int worker, uint32_t place) {
  RunTurn& turn = batch.turns[static_cast<size_t>(worker)];
  // Either this sees that the other one is asleep, or that one sees its place before it sleeps.
  turn.place.exchange(place, std::memory_order_seq_cst);
  if (turn.asleep.load(std::memory_order_seq_cst) != 0) {
    ::syscall(SYS_futex, &turn.place, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  }
}

void AwaitTurn(RunBatch& batch, int worker, uint32_t place) {
  RunTurn& turn = batch.turns[static_cast<size_t>(worker)];
  for (int spins = batch.spins != 0 ? kSpins : 1; spins > 0; --spins) {
    if (turn.place.load(std::memory_order_acquire) == place) return;
    Rest();
  }
  turn.asleep.store(1, std::memory_order_seq_cst);
  uint32_t seen;
  while ((seen = turn.place.load(std::memory_order_seq_cst)) != place) {
    ::syscall(SYS_futex, &turn.place, FUTEX_WAIT, seen, nullptr, nullptr, 0);
  }
  turn.asleep.store(0, std::memory_order_relaxed);
}

}  // namespace ipclab
