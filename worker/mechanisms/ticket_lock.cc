// ticket_lock: a spinlock that is taken in order: two counters, of tickets drawn and of those
// served.

#include <array>
#include <atomic>

#include "worker/mechanisms/program_facts.h"
#include "worker/mechanisms/shared_lock.h"
#include "worker/mechanisms/spin_wait.h"
#include "worker/ring/reserved_memory.h"
#include "worker/ring/ring_memory.h"

namespace ipclab {
namespace {

constexpr int64_t kMostBackoff = 256;

class TicketLock final : public Lock {
 public:
  static constexpr const char* kId = "ticket_lock";
  // Apart, so that who draws a ticket does not disturb those who look for theirs.
  struct State {
    alignas(kApart) std::atomic<uint32_t> drawn;
    alignas(kApart) std::atomic<uint32_t> served;
  };

  TicketLock(SharedObject<State> state, const ChannelSpec& spec)
      : state_(std::move(state)),
        backoff_(static_cast<int>(spec.IntegerOption("backoff"))),
        wait_(spec.BooleanOption("pause")) {}

  IoStatus Acquire() override {
    const uint32_t ticket = state_->drawn.fetch_add(1, std::memory_order_relaxed);
    uint32_t ahead = ticket - state_->served.load(std::memory_order_acquire);
    if (ahead == 0) return IoStatus::kOk;
    wait_.Until(
        [&] {
          ahead = ticket - state_->served.load(std::memory_order_acquire);
          return ahead == 0;
        },
        [&](int) { return std::max(backoff_ * static_cast<int>(ahead), 1); });
    return IoStatus::kOk;
  }

  // Draws only a ticket that is served at once: one that is drawn cannot be given back.
  IoStatus TryAcquire() override {
    uint32_t served = state_->served.load(std::memory_order_acquire);
    if (state_->drawn.load(std::memory_order_relaxed) != served) return IoStatus::kWouldBlock;
    const bool taken = state_->drawn.compare_exchange_strong(
        served, served + 1, std::memory_order_acquire, std::memory_order_relaxed);
    return taken ? IoStatus::kOk : IoStatus::kWouldBlock;
  }

  // Only the holder writes it.
  IoStatus Release() override {
    const uint32_t served = state_->served.load(std::memory_order_relaxed);
    state_->served.store(served + 1, std::memory_order_release);
    return IoStatus::kOk;
  }

  absl::StatusOr<bool> IsHeld() override { return state_->drawn.load() != state_->served.load(); }

 private:
  SharedObject<State> state_;
  const int backoff_;
  SpinWait wait_;
};

Probe ProbeTicketLock() {
  Probe probe = ProbeShared(TicketLock::kId);
  probe.options.push_back(SpinWait::PauseOption());
  probe.options.push_back(IntegerOption(
      "backoff", 0, 0, kMostBackoff,
      "Of BLOCK: rests between two looks for each who is ahead in the queue; 0: always 1"));
  return probe;
}

constexpr std::array kPatterns = {v1::Pattern::CONTENTION};
constexpr std::array<std::string_view, 5> kHazards = {
    "Who waits never sleeps: it uses up its CPU as long as others hold the lock or are ahead, and "
    "yields only now and then.",
    "Nobody can be passed over: where the next in the queue has no CPU, all behind it wait for it; "
    "with more workers than CPUs that is most of the time.",
    "A ticket cannot be given back: one that waits and dies stops the queue for ever when its turn "
    "comes, as a holder does that dies.",
    "All who wait look at the same cache line: each release makes all of them fetch it, though "
    "only one has its turn.",
    "With SPIN nobody draws a ticket before it is served: then there is no queue, and it is as "
    "unfair as a spinlock."};
constexpr std::array<std::string_view, 2> kViews = {
    "/proc/PID/stat: state R while it waits, as while it works",
    "/proc/PID/maps: memfd:ticket_lock is where it lies; the kernel knows no more of it"};

}  // namespace

extern constinit const Mechanism kTicketLock = {
    .id = TicketLock::kId,
    .family = v1::Mechanism::SYNC,
    .summary = "Ticket lock: a spinlock in shared memory that is taken in the order of asking",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::LAB,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .sharing = v1::Mechanism::MANY_TO_MANY,
              .ordering = "first come, first served",
              .access = "whoever inherits the memory's descriptor, or is sent it"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = {},
    .probe = ProbeTicketLock,
    .host_lock = HostSharedLock<TicketLock>,
    .join_lock = JoinSharedLock<TicketLock>,
    .program = LockWordFacts("taken, by its tickets"),
};

}  // namespace ipclab
