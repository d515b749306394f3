// posix_sem_named: POSIX semaphores that all ends open by name; one with a single permit as a lock,
// one for each way as events.

#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/mechanisms/posix_semaphore.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/ring/named_region.h"
#include "worker/semaphore.h"

namespace ipclab {
namespace {

// The two semaphores of a link by the index of their names; a lock is the first.
constexpr size_t kFromHost = 0;
constexpr size_t kToHost = 1;
constexpr size_t kLock = 0;

struct Close {
  void operator()(sem_t* semaphore) const { ::sem_close(semaphore); }
};
using OpenSemaphore = std::unique_ptr<sem_t, Close>;
using Pair = std::array<OpenSemaphore, 2>;

Probe ProbeNamed() {
  Probe probe;
  DescribePosixShm(probe);
  probe.limits.push_back(MakeLimit("value of a semaphore (SEM_VALUE_MAX)", SEM_VALUE_MAX, ""));
  return probe;
}

// No O_EXCL would open what somebody else has left, with its value then.
absl::StatusOr<OpenSemaphore> Make(const internal::IpcName& name, unsigned value) {
  sem_t* const made = ::sem_open(name.name().c_str(), O_CREAT | O_EXCL, 0600, value);
  if (made == SEM_FAILED) return ErrnoStatus("sem_open", name.name());
  return OpenSemaphore(made);
}

absl::StatusOr<OpenSemaphore> Open(const internal::IpcName& name) {
  sem_t* const found = ::sem_open(name.name().c_str(), 0);
  if (found == SEM_FAILED) return ErrnoStatus("sem_open", name.name());
  return OpenSemaphore(found);
}

// Once all have it open its name has done its work; the semaphore goes with the last of them.
absl::Status Unlink(const internal::IpcName& name) {
  if (::sem_unlink(name.name().c_str()) == 0) return absl::OkStatus();
  return ErrnoStatus("sem_unlink", name.name());
}

std::unique_ptr<Channel> MakeEnd(const ChannelSpec& spec, bool host, Pair pair) {
  const PosixSemaphore from_host(pair[kFromHost].get());
  const PosixSemaphore to_host(pair[kToHost].get());
  return MakeEvents(spec, host, from_host, to_host, std::move(pair));
}

absl::StatusOr<Hosted> HostNamed(const ChannelSpec& spec) {
  Pair pair;
  for (const size_t name : {kFromHost, kToHost}) {
    auto made = Make(spec.names[name], 0);
    if (!made.ok()) return made.status();
    pair[name] = *std::move(made);
  }
  return Hosted{MakeEnd(spec, /*host=*/true, std::move(pair)), {}};
}

absl::StatusOr<std::unique_ptr<Channel>> JoinNamed(const ChannelSpec& spec, ChannelOffer) {
  Pair pair;
  for (const size_t name : {kFromHost, kToHost}) {
    auto found = Open(spec.names[name]);
    if (!found.ok()) return found.status();
    pair[name] = *std::move(found);
    if (absl::Status status = Unlink(spec.names[name]); !status.ok()) return status;
  }
  return MakeEnd(spec, /*host=*/false, std::move(pair));
}

std::unique_ptr<Lock> MakeLock(OpenSemaphore semaphore) {
  const PosixSemaphore permit(semaphore.get());
  return std::make_unique<SemaphoreLock<PosixSemaphore, OpenSemaphore>>(permit,
                                                                        std::move(semaphore));
}

absl::StatusOr<HostedLock> HostNamedLock(const ChannelSpec& spec) {
  auto made = Make(spec.names[kLock], 1);
  if (!made.ok()) return made.status();
  return HostedLock{MakeLock(*std::move(made)), {}};
}

// Of more than two nobody knows who is the last to open it: its name stays until the lab removes
// it.
absl::StatusOr<std::unique_ptr<Lock>> JoinNamedLock(const ChannelSpec& spec, ChannelOffer) {
  auto found = Open(spec.names[kLock]);
  if (!found.ok()) return found.status();
  if (spec.senders <= 2) {
    if (absl::Status status = Unlink(spec.names[kLock]); !status.ok()) return status;
  }
  return MakeLock(*std::move(found));
}

using NamedEnd = SemaphoreEnd<PosixSemaphore, OpenSemaphore>;

// The name goes when all have joined.
absl::StatusOr<HostedSemaphore> HostCounting(const ChannelSpec& spec) {
  const auto value = InitialValue(spec, "posix_sem_named", SEM_VALUE_MAX);
  if (!value.ok()) return value.status();
  const internal::IpcName& name = spec.names.front();
  auto made = Make(name, *value);
  if (!made.ok()) return made.status();
  const PosixSemaphore counter(made->get());
  return HostedSemaphore{
      std::make_unique<NamedEnd>(counter, *std::move(made), [name] { return Unlink(name); }), {}};
}

absl::StatusOr<std::unique_ptr<CountingSemaphore>> JoinCounting(const ChannelSpec& spec,
                                                                ChannelOffer) {
  auto found = Open(spec.names.front());
  if (!found.ok()) return found.status();
  const PosixSemaphore counter(found->get());
  return std::make_unique<NamedEnd>(counter, *std::move(found));
}

constexpr std::array kPatterns = {v1::Pattern::CONTENTION, v1::Pattern::HAND_OFF,
                                  v1::Pattern::NOTIFY};
constexpr std::array kNameKinds = {internal::IpcName::POSIX_SEM, internal::IpcName::POSIX_SEM};
constexpr std::array kObjectNames = {internal::IpcName::POSIX_SEM};
constexpr std::array<std::string_view, 2> kViews = {
    "ls -l /dev/shm/sem.*, as long as it has its name",
    "grep sem. /proc/PID/maps, where it is (deleted) once its name is gone"};
constexpr std::array<std::string_view, 7> kHazards = {
    "A name stays until sem_unlink, whoever has gone, and with it the value: after a crash inside "
    "it is 0, and the next run waits for ever.",
    "sem_open with O_CREAT alone takes what is there already and ignores the value that it is "
    "given; only O_EXCL tells.",
    "Nobody owns it: who dies inside does not give it back, and anybody may post what he never "
    "took, so that two are inside.",
    "Who posts does not hand over: the one that was woken may find that another took it first.",
    "sem_wait returns with EINTR when a signal handler has run; try again.",
    "sem_post fails with EOVERFLOW at SEM_VALUE_MAX; nothing tells when there is room again.",
    "glibc makes it as /dev/shm/sem. and six letters of its own, then gives it its name: who is "
    "killed in between leaves that file."};

}  // namespace

extern constinit const Mechanism kPosixSemNamed = {
    .id = "posix_sem_named",
    .family = v1::Mechanism::SYNC,
    .summary = "POSIX semaphore opened by name: with one permit a lock, two of them events",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::POSIX,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::KERNEL,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .sharing = v1::Mechanism::MANY_TO_MANY,
              .ordering = "none: who waits longest is not served first",
              .access = "whoever knows the name and passes the mode of the semaphore"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = kNameKinds,
    .probe = ProbeNamed,
    .host = HostNamed,
    .join = JoinNamed,
    .host_lock = HostNamedLock,
    .join_lock = JoinNamedLock,
    .program = {.carries = kCarriesSemaphoreAndMutex,
                .view = "sem_getvalue",
                .name_kinds = kObjectNames},
    .host_semaphore = HostCounting,
    .join_semaphore = JoinCounting,
};

}  // namespace ipclab
