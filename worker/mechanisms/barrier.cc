// barrier: a pthread barrier of two in shared memory. A Send and the other end's Receive are one
// meeting there: whoever comes first waits for the other one.

#include <pthread.h>

#include <array>
#include <cerrno>
#include <utility>

#include "common/errno_status.h"
#include "worker/mechanism.h"
#include "worker/ring/reserved_memory.h"
#include "worker/shared_object.h"

namespace ipclab {
namespace {

constexpr char kId[] = "barrier";

struct Meeting {
  pthread_barrier_t barrier;
};

class BarrierChannel final : public Channel {
 public:
  explicit BarrierChannel(SharedObject<Meeting> meeting) : meeting_(std::move(meeting)) {}

  IoStatus Send(std::span<const std::byte>) override { return Meet(); }
  IoStatus Receive(std::span<std::byte>) override { return Meet(); }
  IoStatus TrySend(std::span<const std::byte>) override { return Fail(EOPNOTSUPP); }
  IoStatus TryReceive(std::span<std::byte>) override { return Fail(EOPNOTSUPP); }

  absl::StatusOr<int64_t> Depth() const override {
    return absl::UnimplementedError("a barrier does not tell how many wait at it");
  }

 private:
  // No signal ends it early. One of the two is told that it was the last, which here means nothing.
  IoStatus Meet() {
    const int error = ::pthread_barrier_wait(&meeting_->barrier);
    return error == 0 || error == PTHREAD_BARRIER_SERIAL_THREAD ? IoStatus::kOk : Fail(error);
  }

  const SharedObject<Meeting> meeting_;
};

absl::Status Prepare(Meeting& meeting) {
  pthread_barrierattr_t attributes;
  int error = ::pthread_barrierattr_init(&attributes);
  if (error == 0) {
    error = ::pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  }
  if (error == 0) error = ::pthread_barrier_init(&meeting.barrier, &attributes, 2);
  return error == 0 ? absl::OkStatus() : ErrnoStatus("pthread_barrier_init", kId, error);
}

absl::StatusOr<Hosted> HostBarrier(const ChannelSpec&) {
  auto meeting = SharedObject<Meeting>::Host(kId, Prepare);
  if (!meeting.ok()) return meeting.status();
  return Hosted{std::make_unique<BarrierChannel>(std::move(meeting->object)),
                std::move(meeting->offer)};
}

absl::StatusOr<std::unique_ptr<Channel>> JoinBarrier(const ChannelSpec&, ChannelOffer offer) {
  auto meeting = SharedObject<Meeting>::Join(kId, offer);
  if (!meeting.ok()) return meeting.status();
  return std::make_unique<BarrierChannel>(*std::move(meeting));
}

Probe ProbeBarrier() { return ProbeShared(kId); }

constexpr std::array kPatterns = {v1::Pattern::HAND_OFF};
constexpr std::array<std::string_view, 2> kViews = {
    "grep memfd:barrier /proc/PID/maps: the memory that it lies in",
    "cat /proc/PID/wchan: a futex while it waits"};
constexpr std::array<std::string_view, 6> kHazards = {
    "Nobody gets past it alone: when one dies or comes once less than the others, they wait for "
    "ever.",
    "There is no way to try it or to wait for a while only: who is there stays there.",
    "Its count is fixed when it is made; one who takes part less or more needs another barrier.",
    "It may be used again at once, but its memory may go only when all have left, not when all "
    "have come.",
    "Exactly one is told PTHREAD_BARRIER_SERIAL_THREAD, which is not 0 and no error.",
    "It orders: what each wrote before it all see after it. It does not guard what they write at "
    "the same time."};

}  // namespace

extern constinit const Mechanism kBarrier = {
    .id = kId,
    .family = v1::Mechanism::SYNC,
    .summary = "pthread barrier of two processes: each waits until the other one is there",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::POSIX,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .only_blocks = true,
              .ordering = "all at once",
              .access = "whoever maps the memory"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = {},
    .probe = ProbeBarrier,
    .host = HostBarrier,
    .join = JoinBarrier,
};

}  // namespace ipclab
