// posix_sem_unnamed: POSIX semaphores that sem_init makes in shared memory; one with a single
// permit as a lock, one for each way as events.

#include <limits.h>
#include <semaphore.h>

#include <array>
#include <initializer_list>

#include "common/errno_status.h"
#include "common/pages.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/mechanisms/posix_semaphore.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/ring/reserved_memory.h"
#include "worker/semaphore.h"
#include "worker/shared_object.h"

namespace ipclab {
namespace {

constexpr char kId[] = "posix_sem_unnamed";

// A lock is one, events are two.
struct OneSemaphore {
  sem_t permit;
};
struct TwoSemaphores {
  alignas(2 * kCacheLine) sem_t from_host;
  alignas(2 * kCacheLine) sem_t to_host;
};

Probe ProbeUnnamed() {
  Probe probe = ProbeShared(kId);
  probe.limits.push_back(MakeLimit("value of a semaphore (SEM_VALUE_MAX)", SEM_VALUE_MAX, ""));
  return probe;
}

absl::Status Prepare(sem_t& semaphore, unsigned value) {
  if (::sem_init(&semaphore, /*pshared=*/1, value) == 0) return absl::OkStatus();
  return ErrnoStatus("sem_init");
}

std::unique_ptr<Channel> MakeEnd(const ChannelSpec& spec, bool host,
                                 SharedObject<TwoSemaphores> pair) {
  const PosixSemaphore from_host(&pair->from_host);
  const PosixSemaphore to_host(&pair->to_host);
  return MakeEvents(spec, host, from_host, to_host, std::move(pair));
}

absl::StatusOr<Hosted> HostUnnamed(const ChannelSpec& spec) {
  auto pair = SharedObject<TwoSemaphores>::Host(kId, [](TwoSemaphores& made) {
    const absl::Status first = Prepare(made.from_host, 0);
    return first.ok() ? Prepare(made.to_host, 0) : first;
  });
  if (!pair.ok()) return pair.status();
  return Hosted{MakeEnd(spec, /*host=*/true, std::move(pair->object)), std::move(pair->offer)};
}

absl::StatusOr<std::unique_ptr<Channel>> JoinUnnamed(const ChannelSpec& spec, ChannelOffer offer) {
  auto pair = SharedObject<TwoSemaphores>::Join(kId, offer);
  if (!pair.ok()) return pair.status();
  return MakeEnd(spec, /*host=*/false, *std::move(pair));
}

std::unique_ptr<Lock> MakeLock(SharedObject<OneSemaphore> one) {
  const PosixSemaphore permit(&one->permit);
  return std::make_unique<SemaphoreLock<PosixSemaphore, SharedObject<OneSemaphore>>>(
      permit, std::move(one));
}

absl::StatusOr<HostedLock> HostUnnamedLock(const ChannelSpec&) {
  auto one = SharedObject<OneSemaphore>::Host(
      kId, [](OneSemaphore& made) { return Prepare(made.permit, 1); });
  if (!one.ok()) return one.status();
  return HostedLock{MakeLock(std::move(one->object)), std::move(one->offer)};
}

absl::StatusOr<std::unique_ptr<Lock>> JoinUnnamedLock(const ChannelSpec&, ChannelOffer offer) {
  auto one = SharedObject<OneSemaphore>::Join(kId, offer);
  if (!one.ok()) return one.status();
  return MakeLock(*std::move(one));
}

using UnnamedEnd = SemaphoreEnd<PosixSemaphore, SharedObject<OneSemaphore>>;

std::unique_ptr<CountingSemaphore> MakeCounting(SharedObject<OneSemaphore> one) {
  const PosixSemaphore counter(&one->permit);
  return std::make_unique<UnnamedEnd>(counter, std::move(one));
}

absl::StatusOr<HostedSemaphore> HostCounting(const ChannelSpec& spec) {
  const auto value = InitialValue(spec, kId, SEM_VALUE_MAX);
  if (!value.ok()) return value.status();
  auto one = SharedObject<OneSemaphore>::Host(
      kId, [&](OneSemaphore& made) { return Prepare(made.permit, *value); });
  if (!one.ok()) return one.status();
  return HostedSemaphore{MakeCounting(std::move(one->object)), std::move(one->offer)};
}

absl::StatusOr<std::unique_ptr<CountingSemaphore>> JoinCounting(const ChannelSpec&,
                                                                ChannelOffer offer) {
  auto one = SharedObject<OneSemaphore>::Join(kId, offer);
  if (!one.ok()) return one.status();
  return MakeCounting(*std::move(one));
}

constexpr std::array kPatterns = {v1::Pattern::CONTENTION, v1::Pattern::HAND_OFF,
                                  v1::Pattern::NOTIFY};
constexpr std::array<std::string_view, 2> kViews = {
    "grep memfd:posix_sem_unnamed /proc/PID/maps: the memory that it lies in",
    "cat /proc/PID/wchan: a futex while it waits"};
constexpr std::array<std::string_view, 7> kHazards = {
    "With pshared 0, or in memory that is not shared, it works until a second process uses it: "
    "each then counts its own.",
    "sem_init of a semaphore that somebody uses already is undefined: one makes it, all others "
    "wait until it is made.",
    "sem_destroy while somebody waits is undefined; who is the last must be known.",
    "Nobody owns it: who dies inside does not give it back, and anybody may post what he never "
    "took, so that two are inside.",
    "Who posts does not hand over: the one that was woken may find that another took it first.",
    "sem_wait returns with EINTR when a signal handler has run; try again.",
    "sem_post fails with EOVERFLOW at SEM_VALUE_MAX; nothing tells when there is room again."};

}  // namespace

extern constinit const Mechanism kPosixSemUnnamed = {
    .id = kId,
    .family = v1::Mechanism::SYNC,
    .summary = "POSIX semaphore in shared memory: with one permit a lock, two of them events",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::POSIX,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .sharing = v1::Mechanism::MANY_TO_MANY,
              .ordering = "none: who waits longest is not served first",
              .access = "whoever maps the memory"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = {},
    .probe = ProbeUnnamed,
    .host = HostUnnamed,
    .join = JoinUnnamed,
    .host_lock = HostUnnamedLock,
    .join_lock = JoinUnnamedLock,
    .program = {.carries = kCarriesSemaphoreAndMutex, .view = "sem_getvalue"},
    .host_semaphore = HostCounting,
    .join_semaphore = JoinCounting,
};

}  // namespace ipclab
