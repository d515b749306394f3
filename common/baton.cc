#include "common/baton.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

namespace ipclab {
namespace {

// Returns at once when the word has changed, and for nothing on a signal.
void Sleep(std::atomic<uint32_t>& word, uint32_t seen) {
  ::syscall(SYS_futex, &word, FUTEX_WAIT, seen, nullptr, nullptr, 0);
}

void GrowAndWake(std::atomic<uint32_t>& word) {
  word.fetch_add(1, std::memory_order_release);
  ::syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace

void Order(BatonPage& baton, BatonCommand command, int workers) {
  baton.command = command;
  baton.position = 0;
  baton.undone = 0;
  switch (command) {
    case BatonCommand::kNone:
      return;
    case BatonCommand::kSteps:
      Give(baton.turns[static_cast<size_t>(baton.plan[0].worker)]);
      return;
    case BatonCommand::kRewind:
      Give(baton.turns[0]);
      return;
    case BatonCommand::kFree:
      baton.arrived.store(0, std::memory_order_relaxed);
      baton.failed.store(0, std::memory_order_relaxed);
      baton.running.store(workers, std::memory_order_relaxed);
      [[fallthrough]];
    case BatonCommand::kRuns:
    case BatonCommand::kQuit:
      for (int worker = 0; worker < workers; ++worker) {
        Give(baton.turns[static_cast<size_t>(worker)]);
      }
  }
}

void Give(Turn& turn) { GrowAndWake(turn.number); }

uint32_t Await(Turn& turn, uint32_t seen) {
  uint32_t number;
  while ((number = turn.number.load(std::memory_order_acquire)) == seen) Sleep(turn.number, seen);
  return number;
}

void Arrive(std::atomic<uint32_t>& count) { GrowAndWake(count); }

void AwaitAll(std::atomic<uint32_t>& count, uint32_t all) {
  uint32_t there;
  while ((there = count.load(std::memory_order_acquire)) < all) Sleep(count, there);
}

}  // namespace ipclab
