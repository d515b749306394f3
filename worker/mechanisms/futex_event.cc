// futex_event: a word in shared memory that counts notifications, and that the kernel compares and
// sleeps on: what every other wait in user space is made of. One word for each way.
//
// Bit 0 of the word says that an end is gone, the others count. So all that a waiter must see
// changes the word that it sleeps on, and no wake-up is lost.

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <utility>

#include "common/errno_status.h"
#include "worker/mechanism.h"
#include "worker/shared_object.h"

namespace ipclab {
namespace {

constexpr uint32_t kClosed = 1;
constexpr uint32_t kOne = 2;

// The words are in memory of several processes: FUTEX_PRIVATE_FLAG would look for them in one.
int64_t CallFutex(std::atomic<uint32_t>& word, int operation, uint32_t value) {
  return ::syscall(SYS_futex, &word, operation, value, nullptr, nullptr, 0);
}

struct Way {
  alignas(kCacheLine) std::atomic<uint32_t> word;
  std::atomic<uint32_t> asleep;  // 1: somebody sleeps on the word, or is about to
  static_assert(std::atomic<uint32_t>::is_always_lock_free);

  // False when an end is gone.
  bool Notify() {
    const uint32_t before = word.fetch_add(kOne);
    WakeSleeper();
    return (before & kClosed) == 0;
  }

  void Close() {
    word.fetch_or(kClosed);
    WakeSleeper();
  }

 private:
  // Of this load and the two writes to asleep and word, all in one order: who is not seen here as
  // about to sleep will find the new word when it tries to.
  void WakeSleeper() {
    if (asleep.load() != 0) CallFutex(word, FUTEX_WAKE, INT_MAX);
  }
};

// Zero bytes are a valid start.
struct Words {
  Way to_host;
  Way to_joiner;
};

using Memory = SharedObject<Words>;

class FutexEventChannel final : public Channel {
 public:
  // own: this end waits for it; peers: it notifies by it; both lie in memory, either may be null.
  FutexEventChannel(Memory memory, Way* own, Way* peers)
      : memory_(std::move(memory)), own_(own), peers_(peers) {}

  ~FutexEventChannel() override {
    for (Way* const way : {own_, peers_}) {
      if (way != nullptr) way->Close();
    }
  }

  // Never waits. The kernel is called only when somebody sleeps.
  IoStatus Send(std::span<const std::byte>) override {
    return peers_->Notify() ? IoStatus::kOk : IoStatus::kPeerClosed;
  }

  IoStatus Receive(std::span<std::byte> message) override {
    while (true) {
      if (const IoStatus status = TryReceive(message); status != IoStatus::kWouldBlock) {
        return status;
      }
      own_->asleep.store(1);
      // The kernel looks at the word once more under a lock that FUTEX_WAKE takes too.
      const int64_t slept = CallFutex(own_->word, FUTEX_WAIT, taken_);
      const int error = errno;
      own_->asleep.store(0, std::memory_order_relaxed);
      if (slept != 0 && error != EAGAIN && error != EINTR) return Fail(error);
    }
  }

  IoStatus TrySend(std::span<const std::byte> message) override { return Send(message); }

  IoStatus TryReceive(std::span<std::byte>) override {
    const uint32_t word = own_->word.load(std::memory_order_acquire);
    const uint32_t count = word & ~kClosed;
    if (count == taken_) {
      return (word & kClosed) == 0 ? IoStatus::kWouldBlock : IoStatus::kPeerClosed;
    }
    taken_ = count;
    return IoStatus::kOk;
  }

  absl::StatusOr<int64_t> Depth() const override {
    if (own_ == nullptr) return absl::UnimplementedError("futex_event: this end only notifies");
    const uint32_t count = own_->word.load(std::memory_order_acquire) & ~kClosed;
    return (count - taken_) / kOne;
  }

 private:
  const Memory memory_;
  Way* const own_;
  Way* const peers_;
  uint32_t taken_ = 0;  // the count that was seen last, in place
};

std::unique_ptr<Channel> MakeEnd(const ChannelSpec& spec, Memory memory, bool host) {
  Way* own = host ? &memory->to_host : &memory->to_joiner;
  Way* peers = host ? &memory->to_joiner : &memory->to_host;
  if (!spec.duplex) (spec.sends ? own : peers) = nullptr;
  return std::make_unique<FutexEventChannel>(std::move(memory), own, peers);
}

Probe ProbeFutexEvent() {
  Probe probe;
  std::atomic<uint32_t> word = 0;
  if (CallFutex(word, FUTEX_WAKE, 1) < 0) {
    probe.unavailable_reason = std::string(ErrnoStatus("futex").message()) +
                               "; a kernel with CONFIG_FUTEX and a sandbox that allows it are "
                               "needed";
  }
  return probe;
}

absl::StatusOr<Hosted> HostFutexEvent(const ChannelSpec& spec) {
  auto hosted = Memory::Host("futex_event");
  if (!hosted.ok()) return hosted.status();
  return Hosted{MakeEnd(spec, std::move(hosted->object), /*host=*/true), std::move(hosted->offer)};
}

absl::StatusOr<std::unique_ptr<Channel>> JoinFutexEvent(const ChannelSpec& spec,
                                                        ChannelOffer offer) {
  auto memory = Memory::Join("futex_event", offer);
  if (!memory.ok()) return memory.status();
  return MakeEnd(spec, *std::move(memory), /*host=*/false);
}

constexpr std::array kPatterns = {v1::Pattern::HAND_OFF, v1::Pattern::NOTIFY};
constexpr std::array<std::string_view, 5> kHazards = {
    "A sleeper may wake for no reason, or for one that is gone: look at the word again, always.",
    "The word must change before the wake: who looks, then sleeps, would sleep through a wake-up "
    "in between, if the kernel did not compare.",
    "Between processes it must not be FUTEX_PRIVATE: such a wake-up reaches nobody.",
    "The word has 32 bits: who sleeps while it goes all the way round sees no change.",
    "Nobody is told when the process that was to notify dies; only robust lists, for locks, are."};
constexpr std::array<std::string_view, 2> kKernelViews = {
    "/proc/PID/wchan and /proc/PID/stack: futex_wait_queue while it sleeps (for root)",
    "/proc/PID/syscall: the call, the word's address and the value that it sleeps on"};

}  // namespace

extern constinit const Mechanism kFutexEvent = {
    .id = "futex_event",
    .family = v1::Mechanism::NOTIFY,
    .summary =
        "Counter in shared memory with a futex to sleep on; no system call unless one sleeps",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::LINUX,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::NOTICED_ON_CLOSE,
              .ordering = "none: notifications add up",
              .access = "whoever may map the memory"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .kernel_views = kKernelViews,
    .name_kinds = {},
    .loopback = false,
    .probe = ProbeFutexEvent,
    .host = HostFutexEvent,
    .join = JoinFutexEvent,
};

}  // namespace ipclab
