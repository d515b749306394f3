// mcs_lock: the queue lock of Mellor-Crummey and Scott: each worker waits at a word of its own,
// which the one before it in the queue writes. The words lie in shared memory, one per worker, and
// are named by their number: an address means something else in every process.

#include <array>
#include <atomic>

#include "absl/strings/str_cat.h"
#include "common/pages.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/mechanisms/shared_lock.h"
#include "worker/mechanisms/spin_wait.h"
#include "worker/ring/reserved_memory.h"
#include "worker/ring/ring_memory.h"

namespace ipclab {
namespace {

class McsLock final : public Lock {
 public:
  static constexpr const char* kId = "mcs_lock";
  // Of one worker.
  struct alignas(kApart) Node {
    std::atomic<uint32_t> next;   // who is behind it, its number + 1; 0: nobody that it knows of
    std::atomic<uint32_t> waits;  // 1 until the one ahead of it releases
  };
  struct State {
    alignas(kApart) std::atomic<uint32_t> last;    // of the queue, its number + 1; 0: it is free
    alignas(kApart) std::atomic<uint32_t> joined;  // numbers handed out
    std::array<Node, kMaxLinks> nodes;
  };

  McsLock(SharedObject<State> state, const ChannelSpec& spec)
      : state_(std::move(state)),
        self_(state_->joined.fetch_add(1, std::memory_order_relaxed) + 1),
        wait_(spec.BooleanOption("pause")) {}

  absl::Status Connect() override {
    if (self_ <= kMaxLinks) return absl::OkStatus();
    return absl::ResourceExhaustedError(
        absl::StrCat("mcs_lock: there are nodes for ", kMaxLinks, " workers only"));
  }

  IoStatus Acquire() override {
    Node& node = NodeOf(self_);
    node.next.store(0, std::memory_order_relaxed);
    node.waits.store(1, std::memory_order_relaxed);
    const uint32_t ahead = state_->last.exchange(self_, std::memory_order_acq_rel);
    if (ahead == 0) return IoStatus::kOk;
    NodeOf(ahead).next.store(self_, std::memory_order_release);
    wait_.Until([&] { return node.waits.load(std::memory_order_acquire) == 0; });
    return IoStatus::kOk;
  }

  IoStatus TryAcquire() override {
    uint32_t nobody = 0;
    if (state_->last.load(std::memory_order_relaxed) != 0) return IoStatus::kWouldBlock;
    NodeOf(self_).next.store(0, std::memory_order_relaxed);
    const bool taken = state_->last.compare_exchange_strong(
        nobody, self_, std::memory_order_acq_rel, std::memory_order_relaxed);
    return taken ? IoStatus::kOk : IoStatus::kWouldBlock;
  }

  IoStatus Release() override {
    Node& node = NodeOf(self_);
    uint32_t next = node.next.load(std::memory_order_acquire);
    if (next == 0) {
      uint32_t self = self_;
      if (state_->last.compare_exchange_strong(self, 0, std::memory_order_release,
                                               std::memory_order_relaxed)) {
        return IoStatus::kOk;
      }
      // Somebody is behind and about to say so.
      wait_.Until([&] {
        next = node.next.load(std::memory_order_acquire);
        return next != 0;
      });
    }
    NodeOf(next).waits.store(0, std::memory_order_release);
    return IoStatus::kOk;
  }

  absl::StatusOr<bool> IsHeld() override { return state_->last.load() != 0; }

 private:
  Node& NodeOf(uint32_t number) { return state_->nodes[number - 1]; }

  SharedObject<State> state_;
  const uint32_t self_;
  SpinWait wait_;
};

Probe ProbeMcsLock() {
  Probe probe = ProbeShared(McsLock::kId);
  probe.options.push_back(SpinWait::PauseOption());
  return probe;
}

constexpr std::array kPatterns = {v1::Pattern::CONTENTION};
constexpr std::array<std::string_view, 5> kHazards = {
    "Who waits never sleeps: it uses up its CPU as long as others hold the lock or are ahead, and "
    "yields only now and then.",
    "Nobody can be passed over: where the next in the queue has no CPU, all behind it wait for it; "
    "with more workers than CPUs that is most of the time.",
    "One that dies in the queue stops it for ever, and so does a holder that dies.",
    "A release is a write into the next one's word and a miss in its cache, and nothing else: "
    "it is as fast with 64 as with 2; alone it costs two atomic operations where a spinlock "
    "takes one.",
    "With SPIN nobody queues: each takes it when it is free, and it is as unfair as a spinlock."};
constexpr std::array<std::string_view, 2> kViews = {
    "/proc/PID/stat: state R while it waits, as while it works",
    "/proc/PID/maps: memfd:mcs_lock is where it lies; the kernel knows no more of it"};

}  // namespace

extern constinit const Mechanism kMcsLock = {
    .id = McsLock::kId,
    .family = v1::Mechanism::SYNC,
    .summary = "MCS lock: a queue of workers in shared memory, each spinning on a word of its own",
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
    .probe = ProbeMcsLock,
    .host_lock = HostSharedLock<McsLock>,
    .join_lock = JoinSharedLock<McsLock>,
    .program = LockWordFacts("taken, by its queue"),
};

}  // namespace ipclab
