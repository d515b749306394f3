// sysv_sem: a set of System V semaphores; one of a single permit as a lock, a set of two as events.
// The set has a marker, see common/sysv_object.h: nothing but IPC_RMID ends it, and ends it at once
// for everybody, so that the name stays until the lab removes it.

#include <sys/ipc.h>
#include <sys/sem.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <variant>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/ipc_name.h"
#include "common/program/semaphore_maximum.h"
#include "common/sysv_object.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/option.h"
#include "worker/semaphore.h"

namespace ipclab {
namespace {

// The two semaphores of a set of events; that of a lock is the first.
constexpr unsigned short kFromHost = 0;
constexpr unsigned short kToHost = 1;
constexpr unsigned short kLock = 0;

// One semaphore of a set. The set is the lab's to remove.
class SysvSemaphore {
 public:
  SysvSemaphore(int set, unsigned short index, bool undo)
      : set_(set), index_(index), flags_(undo ? SEM_UNDO : 0) {}

  IoStatus Wait() { return Operate(-1, flags_); }
  IoStatus TryWait() { return Operate(-1, flags_ | IPC_NOWAIT); }
  IoStatus Post() { return Operate(+1, flags_); }

  absl::StatusOr<int64_t> Value() const {
    const int value = ::semctl(set_, index_, GETVAL);
    if (value < 0) return ErrnoStatus("GETVAL", absl::StrCat("id ", set_));
    return value;
  }

  int error() const { return error_; }

 private:
  IoStatus Operate(short change, int flags) {
    sembuf operation = {index_, change, static_cast<short>(flags)};
    while (::semop(set_, &operation, 1) != 0) {
      switch (errno) {
        case EINTR:
          continue;
        case EAGAIN:  // only with IPC_NOWAIT
        case ERANGE:  // it counts no further
          return IoStatus::kWouldBlock;
        case EIDRM:   // removed while this waited,
        case EINVAL:  // or before
          return IoStatus::kPeerClosed;
        default:
          error_ = errno;
          return IoStatus::kError;
      }
    }
    return IoStatus::kOk;
  }

  int set_;
  unsigned short index_;
  int flags_;
  int error_ = 0;
};

// The four numbers of /proc/sys/kernel/sem, and the meaning of each.
struct Numbers {
  int64_t set = 32000;              // SEMMSL
  int64_t semaphores = 1024000000;  // SEMMNS
  int64_t operations = 500;         // SEMOPM
  int64_t sets = 32000;             // SEMMNI
};

Numbers ReadNumbers() {
  Numbers numbers;  // the kernel's own, where the file cannot be read
  Numbers read;
  std::ifstream file("/proc/sys/kernel/sem");
  if (file >> read.set >> read.semaphores >> read.operations >> read.sets) numbers = read;
  return numbers;
}

Probe ProbeSysvSem() {
  Probe probe;
  seminfo info = {};
  if (::semctl(0, 0, IPC_INFO, &info) < 0) {
    const int error = errno;
    probe.unavailable_reason =
        absl::StrCat(std::string(ErrnoStatus("semctl IPC_INFO", {}, error).message()),
                     error == ENOSYS ? "; it needs a kernel with CONFIG_SYSVIPC"
                                     : "; whatever confines this process must allow it semctl");
  }
  const Numbers numbers = ReadNumbers();
  constexpr char kFile[] = "/proc/sys/kernel/sem";
  probe.limits = {
      MakeLimit("semaphores of one set (SEMMSL)", numbers.set, absl::StrCat(kFile, ", 1st")),
      MakeLimit("semaphores on this host (SEMMNS)", numbers.semaphores,
                absl::StrCat(kFile, ", 2nd")),
      MakeLimit("operations of one semop (SEMOPM)", numbers.operations,
                absl::StrCat(kFile, ", 3rd")),
      MakeLimit("sets on this host (SEMMNI)", numbers.sets, absl::StrCat(kFile, ", 4th")),
      MakeLimit("value of a semaphore (SEMVMX)", info.semvmx, "")};
  probe.options.push_back(
      BooleanOption("undo", false,
                    "SEM_UNDO: the kernel takes back what a worker that died had taken. For "
                    "CONTENTION; refused where one worker posts what another one takes"));
  return probe;
}

// A set of so many, each with this value. SETVAL comes after semget, which is a race where others
// look for the set by its key; here nobody knows of it before the offer.
absl::StatusOr<int> MakeSet(const internal::IpcName& name, int semaphores, int value) {
  const auto set = CreateSysvObject(name, SysvKey::kFtok, "semget", [&](key_t key, int flags) {
    return ::semget(key, semaphores, flags);
  });
  if (absl::IsResourceExhausted(set.status())) {
    const Numbers most = ReadNumbers();
    return absl::ResourceExhaustedError(
        absl::StrCat(set.status().message(), ", of at most ", most.sets, " sets and ",
                     most.semaphores, " semaphores on this host: /proc/sys/kernel/sem"));
  }
  if (!set.ok()) return set.status();
  for (int index = 0; index < semaphores; ++index) {
    if (::semctl(set->id, index, SETVAL, value) == 0) continue;
    const absl::Status failure = ErrnoStatus("semctl SETVAL", absl::StrCat("id ", set->id));
    UnlinkIpcObject(name).IgnoreError();
    return failure;
  }
  return set->id;
}

absl::StatusOr<int> SetOf(const ChannelOffer& offer) {
  int set = -1;
  if (absl::SimpleAtoi(offer.bytes, &set)) return set;
  return absl::InvalidArgumentError("sysv_sem: the offer holds no id");
}

std::unique_ptr<Channel> MakeEnd(const ChannelSpec& spec, bool host, int set) {
  return MakeEvents(spec, host, SysvSemaphore(set, kFromHost, false),
                    SysvSemaphore(set, kToHost, false), std::monostate());
}

// What the kernel keeps to undo grows with every post and ends at 32767; and it would take the
// notifications of one that ended in good order back.
absl::Status RefuseUndo(const ChannelSpec& spec) {
  if (!spec.BooleanOption("undo")) return absl::OkStatus();
  return absl::InvalidArgumentError("undo is for CONTENTION: it would take notifications back");
}

absl::StatusOr<Hosted> HostSysvSem(const ChannelSpec& spec) {
  if (absl::Status status = RefuseUndo(spec); !status.ok()) return status;
  const auto set = MakeSet(spec.names.front(), 2, 0);
  if (!set.ok()) return set.status();
  return Hosted{MakeEnd(spec, /*host=*/true, *set), {absl::StrCat(*set), {}}};
}

absl::StatusOr<std::unique_ptr<Channel>> JoinSysvSem(const ChannelSpec& spec, ChannelOffer offer) {
  const auto set = SetOf(offer);
  if (!set.ok()) return set.status();
  return MakeEnd(spec, /*host=*/false, *set);
}

std::unique_ptr<Lock> MakeLock(const ChannelSpec& spec, int set) {
  return std::make_unique<SemaphoreLock<SysvSemaphore, std::monostate>>(
      SysvSemaphore(set, kLock, spec.BooleanOption("undo")), std::monostate());
}

absl::StatusOr<HostedLock> HostSysvSemLock(const ChannelSpec& spec) {
  const auto set = MakeSet(spec.names.front(), 1, 1);
  if (!set.ok()) return set.status();
  return HostedLock{MakeLock(spec, *set), {absl::StrCat(*set), {}}};
}

absl::StatusOr<std::unique_ptr<Lock>> JoinSysvSemLock(const ChannelSpec& spec, ChannelOffer offer) {
  const auto set = SetOf(offer);
  if (!set.ok()) return set.status();
  return MakeLock(spec, *set);
}

using SetEnd = SemaphoreEnd<SysvSemaphore, std::monostate>;

std::unique_ptr<CountingSemaphore> MakeCounting(int set) {
  return std::make_unique<SetEnd>(SysvSemaphore(set, kLock, /*undo=*/false), std::monostate());
}

// Its marker stays: the set would go with it.
absl::StatusOr<HostedSemaphore> HostCounting(const ChannelSpec& spec) {
  if (absl::Status status = RefuseUndo(spec); !status.ok()) return status;
  const auto value = InitialValue(spec, "sysv_sem", SemaphoreMaximum("sysv_sem"));
  if (!value.ok()) return value.status();
  const auto set = MakeSet(spec.names.front(), 1, static_cast<int>(*value));
  if (!set.ok()) return set.status();
  return HostedSemaphore{MakeCounting(*set), {absl::StrCat(*set), {}}};
}

absl::StatusOr<std::unique_ptr<CountingSemaphore>> JoinCounting(const ChannelSpec&,
                                                                ChannelOffer offer) {
  const auto set = SetOf(offer);
  if (!set.ok()) return set.status();
  return MakeCounting(*set);
}

constexpr std::array kPatterns = {v1::Pattern::CONTENTION, v1::Pattern::HAND_OFF,
                                  v1::Pattern::NOTIFY};
constexpr std::array kNameKinds = {internal::IpcName::SYSV_SEM};
constexpr std::array<std::string_view, 3> kViews = {
    "ipcs -s", "ipcs -s -i ID: value, waiting and last process of each", "cat /proc/sysvipc/sem"};
constexpr std::array<std::string_view, 8> kHazards = {
    "A set lives until IPC_RMID or the next boot, whoever has gone: look with ipcs -s.",
    "IPC_RMID takes the set from everybody at once: who waits gets EIDRM, who comes later EINVAL.",
    "Without SEM_UNDO who dies inside does not give it back: all others wait for ever.",
    "SEM_UNDO gives it back and tells nobody: what it guarded may be half written.",
    "SEM_UNDO keeps a sum for each process, 32767 at most: one that only posts fails with ERANGE "
    "in the end, and takes all of it back when it ends.",
    "semget makes the set and SETVAL gives it its value: who looks for it by its key may find it "
    "in between.",
    "A semaphore counts to 32767: semop then fails with ERANGE, and nothing tells when there is "
    "room again.",
    "semop always enters the kernel, and returns with EINTR when a signal handler has run, even "
    "with SA_RESTART."};

}  // namespace

extern constinit const Mechanism kSysvSem = {
    .id = "sysv_sem",
    .family = v1::Mechanism::SYNC,
    .summary = "System V semaphores: with one permit a lock, a set of two events",
    .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
              .interface = v1::Mechanism::SYSTEM_V,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::KERNEL,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .sharing = v1::Mechanism::MANY_TO_MANY,
              .ordering = "who waits longest is served first",
              .access = "whoever has the key or the id, by the set's mode"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = kNameKinds,
    .probe = ProbeSysvSem,
    .host = HostSysvSem,
    .join = JoinSysvSem,
    .host_lock = HostSysvSemLock,
    .join_lock = JoinSysvSemLock,
    .program = {.carries = kCarriesSemaphoreAndMutex, .view = "GETVAL", .name_kinds = kNameKinds},
    .host_semaphore = HostCounting,
    .join_semaphore = JoinCounting,
};

}  // namespace ipclab
