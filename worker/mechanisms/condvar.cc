// condvar: a condition variable with its mutex and a count, one of each for each way, in shared
// memory.

#include <pthread.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "common/errno_status.h"
#include "common/pages.h"
#include "worker/mechanism.h"
#include "worker/ring/reserved_memory.h"
#include "worker/shared_object.h"

namespace ipclab {
namespace {

constexpr char kId[] = "condvar";

// A condition remembers nothing: what is awaited is the count, which the mutex guards.
struct Way {
  alignas(2 * kCacheLine) pthread_mutex_t mutex;
  pthread_cond_t changed;
  int64_t pending;
};
struct BothWays {
  Way from_host;
  Way to_host;
};

absl::Status Prepare(Way& way) {
  pthread_mutexattr_t mutex;
  pthread_condattr_t condition;
  int error = ::pthread_mutexattr_init(&mutex);
  if (error == 0) error = ::pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
  if (error == 0) error = ::pthread_mutex_init(&way.mutex, &mutex);
  if (error != 0) return ErrnoStatus("pthread_mutex_init", kId, error);
  error = ::pthread_condattr_init(&condition);
  if (error == 0) error = ::pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
  if (error == 0) error = ::pthread_cond_init(&way.changed, &condition);
  if (error != 0) return ErrnoStatus("pthread_cond_init", kId, error);
  return absl::OkStatus();
}

// No call of pthread's here ends early by a signal. All pending notifications are taken at once.
class ConditionChannel final : public Channel {
 public:
  ConditionChannel(SharedObject<BothWays> ways, const ChannelSpec& spec, bool host)
      : ways_(std::move(ways)),
        in_(host ? ways_->to_host : ways_->from_host),
        out_(host ? ways_->from_host : ways_->to_host),
        receives_(spec.duplex || !spec.sends) {}

  IoStatus Send(std::span<const std::byte>) override {
    const int error = ::pthread_mutex_lock(&out_.mutex);
    return error == 0 ? Notify() : Fail(error);
  }

  IoStatus TrySend(std::span<const std::byte>) override {
    const IoStatus status = TryLock(out_);
    return status == IoStatus::kOk ? Notify() : status;
  }

  IoStatus Receive(std::span<std::byte>) override {
    int error = ::pthread_mutex_lock(&in_.mutex);
    if (error != 0) return Fail(error);
    // It may wake up without a reason, or after another one has taken what it was woken for.
    while (in_.pending == 0 && error == 0) error = ::pthread_cond_wait(&in_.changed, &in_.mutex);
    if (error == 0) return Take();
    ::pthread_mutex_unlock(&in_.mutex);
    return Fail(error);
  }

  IoStatus TryReceive(std::span<std::byte>) override {
    const IoStatus status = TryLock(in_);
    if (status != IoStatus::kOk) return status;
    if (in_.pending > 0) return Take();
    const int error = ::pthread_mutex_unlock(&in_.mutex);
    return error == 0 ? IoStatus::kWouldBlock : Fail(error);
  }

  absl::StatusOr<int64_t> Depth() const override {
    if (!receives_) return absl::UnimplementedError("this end only notifies");
    const int error = ::pthread_mutex_lock(&in_.mutex);
    if (error != 0) return ErrnoStatus("pthread_mutex_lock", kId, error);
    const int64_t pending = in_.pending;
    ::pthread_mutex_unlock(&in_.mutex);
    return pending;
  }

 private:
  IoStatus TryLock(Way& way) {
    const int error = ::pthread_mutex_trylock(&way.mutex);
    if (error == EBUSY) return IoStatus::kWouldBlock;
    return error == 0 ? IoStatus::kOk : Fail(error);
  }

  // Both of these with the mutex, which they give back. Who is woken wants it at once: it is free
  // by then.
  IoStatus Notify() {
    ++out_.pending;
    int error = ::pthread_mutex_unlock(&out_.mutex);
    if (error == 0) error = ::pthread_cond_signal(&out_.changed);
    return error == 0 ? IoStatus::kOk : Fail(error);
  }
  IoStatus Take() {
    in_.pending = 0;
    const int error = ::pthread_mutex_unlock(&in_.mutex);
    return error == 0 ? IoStatus::kOk : Fail(error);
  }

  const SharedObject<BothWays> ways_;
  Way& in_;
  Way& out_;
  const bool receives_;
};

absl::StatusOr<Hosted> HostCondition(const ChannelSpec& spec) {
  auto ways = SharedObject<BothWays>::Host(kId, [](BothWays& made) {
    const absl::Status first = Prepare(made.from_host);
    return first.ok() ? Prepare(made.to_host) : first;
  });
  if (!ways.ok()) return ways.status();
  return Hosted{std::make_unique<ConditionChannel>(std::move(ways->object), spec, /*host=*/true),
                std::move(ways->offer)};
}

absl::StatusOr<std::unique_ptr<Channel>> JoinCondition(const ChannelSpec& spec,
                                                       ChannelOffer offer) {
  auto ways = SharedObject<BothWays>::Join(kId, offer);
  if (!ways.ok()) return ways.status();
  return std::make_unique<ConditionChannel>(*std::move(ways), spec, /*host=*/false);
}

Probe ProbeCondition() { return ProbeShared(kId); }

constexpr std::array kPatterns = {v1::Pattern::HAND_OFF, v1::Pattern::NOTIFY};
constexpr std::array<std::string_view, 2> kViews = {
    "grep memfd:condvar /proc/PID/maps: the memory that it lies in",
    "cat /proc/PID/wchan: a futex while it waits"};
constexpr std::array<std::string_view, 7> kHazards = {
    "pthread_cond_wait may return without a signal: always wait in a loop that looks at what is "
    "awaited.",
    "A condition remembers nothing: a signal that nobody waits for is lost. What happened must be "
    "written down, under the mutex.",
    "Looking without the mutex, then waiting, misses the signal in between and sleeps for ever.",
    "A signal wakes one: where they wait for different things, it may be the wrong one; broadcast.",
    "It is robust against nothing: a worker killed with the mutex held stops all others, and there "
    "is no robust condition variable as there is a robust mutex.",
    "Mutex and condition both need PTHREAD_PROCESS_SHARED; without it the waiter is never woken "
    "from another process.",
    "Where several wait, many a glibc since 2.25 loses a wake-up once in a while (its bug 25847)."};

}  // namespace

extern constinit const Mechanism kCondvar = {
    .id = kId,
    .family = v1::Mechanism::SYNC,
    .summary = "pthread condition variable with its mutex and a count, shared by processes",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::POSIX,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .ordering = "pending notifications are taken together",
              .access = "whoever maps the memory"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = {},
    .probe = ProbeCondition,
    .host = HostCondition,
    .join = JoinCondition,
};

}  // namespace ipclab
