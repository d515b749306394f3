// spinlock: one word in shared memory, taken by an atomic exchange and awaited by looking at it.

#include <array>
#include <atomic>

#include "worker/mechanisms/program_facts.h"
#include "worker/mechanisms/shared_lock.h"
#include "worker/mechanisms/spin_wait.h"
#include "worker/ring/reserved_memory.h"

namespace ipclab {
namespace {

constexpr int64_t kMostBackoff = 4096;

class Spinlock final : public Lock {
 public:
  static constexpr const char* kId = "spinlock";
  struct State {
    std::atomic<uint32_t> taken;
  };

  Spinlock(SharedObject<State> state, const ChannelSpec& spec)
      : state_(std::move(state)),
        backoff_(static_cast<int>(spec.IntegerOption("backoff"))),
        wait_(spec.BooleanOption("pause")) {}

  IoStatus Acquire() override {
    if (Take()) return IoStatus::kOk;
    wait_.Until(
        [&] { return Take(); },
        [&](int looks) { return std::min(1 << std::min(looks, 16), std::max(backoff_, 1)); });
    return IoStatus::kOk;
  }

  IoStatus TryAcquire() override { return Take() ? IoStatus::kOk : IoStatus::kWouldBlock; }

  IoStatus Release() override {
    state_->taken.store(0, std::memory_order_release);
    return IoStatus::kOk;
  }

  absl::StatusOr<bool> IsHeld() override { return state_->taken.load() != 0; }

 private:
  // Looks first: who waits reads its own cache's copy, and only a release takes that away. An
  // exchange by each who waits would carry the line to and fro instead.
  bool Take() {
    return state_->taken.load(std::memory_order_relaxed) == 0 &&
           state_->taken.exchange(1, std::memory_order_acquire) == 0;
  }

  SharedObject<State> state_;
  const int backoff_;
  SpinWait wait_;
};

Probe ProbeSpinlock() {
  Probe probe = ProbeShared(Spinlock::kId);
  probe.options.push_back(SpinWait::PauseOption());
  probe.options.push_back(
      IntegerOption("backoff", 0, 0, kMostBackoff,
                    "Of BLOCK: most rests between two looks, doubled from 1 on with each look that "
                    "finds it taken; 0: always 1"));
  return probe;
}

constexpr std::array kPatterns = {v1::Pattern::CONTENTION};
constexpr std::array<std::string_view, 5> kHazards = {
    "Who waits never sleeps: it uses up its CPU as long as somebody else holds the lock, and "
    "yields only now and then.",
    "A holder that loses its CPU keeps all others spinning until it has it back; two on one "
    "CPU lose a time slice each time without sched_yield, and with real-time priorities "
    "sched_yield lets nobody of a lower one run: it never ends.",
    "Nobody owns it: anybody may release it, and a holder that dies leaves it taken for ever.",
    "It is not fair: the CPU that has released it has it in its cache and takes it again first; "
    "others may starve.",
    "Each release makes all who wait fetch the same cache line at once: more of them make it "
    "slower; backoff helps, a queue as of mcs_lock helps more."};
constexpr std::array<std::string_view, 3> kViews = {
    "/proc/PID/stat: state R while it waits, as while it works",
    "/proc/PID/status: nonvoluntary_ctxt_switches grow where several share a CPU",
    "/proc/PID/maps: memfd:spinlock is where it lies; the kernel knows no more of it"};

}  // namespace

extern constinit const Mechanism kSpinlock = {
    .id = Spinlock::kId,
    .family = v1::Mechanism::SYNC,
    .summary = "Spinlock: a word in shared memory, taken by test-and-set",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::LAB,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .sharing = v1::Mechanism::MANY_TO_MANY,
              .ordering = "whoever is quickest",
              .access = "whoever inherits the memory's descriptor, or is sent it"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = {},
    .probe = ProbeSpinlock,
    .host_lock = HostSharedLock<Spinlock>,
    .join_lock = JoinSharedLock<Spinlock>,
    .program = LockWordFacts("taken, by its word"),
};

}  // namespace ipclab
