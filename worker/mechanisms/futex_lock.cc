// futex_lock: one word of three states in shared memory (U. Drepper, "Futexes Are Tricky", mutex
// 2). Uncontended it is taken and released by an atomic operation each; who must wait sleeps in the
// kernel.

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>

#include "worker/mechanisms/program_facts.h"
#include "worker/mechanisms/shared_lock.h"
#include "worker/ring/reserved_memory.h"

namespace ipclab {
namespace {

class FutexLock final : public Lock {
 public:
  static constexpr const char* kId = "futex_lock";
  enum : uint32_t { kFree, kTaken, kAwaited };  // awaited: taken, and somebody may sleep for it
  struct State {
    std::atomic<uint32_t> word;
  };

  FutexLock(SharedObject<State> state, const ChannelSpec&) : state_(std::move(state)) {}

  IoStatus Acquire() override {
    if (TryAcquire() == IoStatus::kOk) return IoStatus::kOk;
    // Whoever has slept takes it as awaited: it cannot know whether others still sleep. At worst
    // one wake-up finds nobody.
    while (word().exchange(kAwaited, std::memory_order_acquire) != kFree) {
      // Returns at once when the word has changed, and for nothing on a signal: then it looks
      // again.
      ::syscall(SYS_futex, &word(), FUTEX_WAIT, kAwaited, nullptr, nullptr, 0);
    }
    return IoStatus::kOk;
  }

  IoStatus TryAcquire() override {
    uint32_t free = kFree;
    const bool taken = word().compare_exchange_strong(free, kTaken, std::memory_order_acquire,
                                                      std::memory_order_relaxed);
    return taken ? IoStatus::kOk : IoStatus::kWouldBlock;
  }

  IoStatus Release() override {
    if (word().exchange(kFree, std::memory_order_release) == kAwaited) {
      ::syscall(SYS_futex, &word(), FUTEX_WAKE, 1, nullptr, nullptr, 0);
    }
    return IoStatus::kOk;
  }

  absl::StatusOr<bool> IsHeld() override { return state_->word.load() != kFree; }

 private:
  std::atomic<uint32_t>& word() { return state_->word; }

  SharedObject<State> state_;
};

Probe ProbeFutexLock() { return ProbeShared(FutexLock::kId); }

constexpr std::array kPatterns = {v1::Pattern::CONTENTION};
constexpr std::array<std::string_view, 5> kHazards = {
    "FUTEX_PRIVATE_FLAG in shared memory loses wake-ups: the kernel then looks among the "
    "threads of one process only.",
    "It must compare and sleep in one call: a word that is looked at before a sleep without a "
    "value may change in between, and nobody wakes who sleeps.",
    "It is not fair: a release frees the word before the woken one runs, and whoever runs already "
    "takes it; who was woken sleeps again.",
    "Nobody owns it: a holder that dies leaves it taken for ever. A robust list "
    "(set_robust_list) and the owner's thread id in the word are what pthread adds.",
    "Each release while somebody sleeps is a system call, even where the woken one finds it "
    "taken."};
constexpr std::array<std::string_view, 4> kViews = {
    "/proc/PID/syscall: 202 (futex, on x86-64) and the word's address, of who sleeps for it",
    "/proc/PID/wchan: futex_wait_queue, or what this kernel calls it",
    "/proc/PID/maps: memfd:futex_lock, where that address lies",
    "strace -e futex -p PID: silent as long as nobody waits"};

}  // namespace

extern constinit const Mechanism kFutexLock = {
    .id = FutexLock::kId,
    .family = v1::Mechanism::SYNC,
    .summary = "Futex mutex of three states: no system call as long as nobody waits",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::LINUX,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .sharing = v1::Mechanism::MANY_TO_MANY,
              .ordering = "whoever is quickest; of those who sleep the first one is woken",
              .access = "whoever inherits the memory's descriptor, or is sent it"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = {},
    .probe = ProbeFutexLock,
    .host_lock = HostSharedLock<FutexLock>,
    .join_lock = JoinSharedLock<FutexLock>,
    .program = LockWordFacts("taken, by its futex word"),
};

}  // namespace ipclab
