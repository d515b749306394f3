// mutex: a process-shared pthread mutex.
//
// Of a robust one who gets it after its holder's death is told. It is never made consistent again:
// what the dead one held half changed is not the lab's to mend, so that is the end of the
// experiment, as with any other death.

#include <pthread.h>

#include <array>
#include <cerrno>

#include "common/errno_status.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/mechanisms/shared_lock.h"
#include "worker/option.h"
#include "worker/ring/reserved_memory.h"

namespace ipclab {
namespace {

class MutexLock final : public Lock {
 public:
  static constexpr const char* kId = "mutex";
  using State = pthread_mutex_t;

  static absl::Status Prepare(const ChannelSpec& spec, State& mutex);

  MutexLock(SharedObject<State> mutex, const ChannelSpec&) : mutex_(std::move(mutex)) {}

  IoStatus Acquire() override { return Told(::pthread_mutex_lock(&*mutex_)); }
  IoStatus TryAcquire() override { return Told(::pthread_mutex_trylock(&*mutex_)); }
  IoStatus Release() override { return Told(::pthread_mutex_unlock(&*mutex_)); }

 private:
  // pthread functions return their error; none is interrupted by a signal.
  IoStatus Told(int error) {
    switch (error) {
      case 0:
        return IoStatus::kOk;
      case EBUSY:
        return IoStatus::kWouldBlock;
      case EOWNERDEAD:
      case ENOTRECOVERABLE:
        return IoStatus::kPeerClosed;
      default:
        return Fail(error);
    }
  }

  SharedObject<State> mutex_;
};

Probe ProbeMutex() {
  Probe probe = ProbeShared(MutexLock::kId);
  probe.options.push_back(
      BooleanOption("robust", false,
                    "Who gets it after its holder's death is told so (EOWNERDEAD), instead of "
                    "waiting for ever"));
  probe.options.push_back(
      ChoiceOption("protocol", {"none", "inherit"},
                   "inherit: the holder runs with the priority of the most urgent who waits"));
  probe.options.push_back(
      ChoiceOption("kind", {"normal", "errorcheck"},
                   "errorcheck: locking it twice, or releasing another's, is an error instead of a "
                   "deadlock or worse"));
  return probe;
}

absl::Status Set(int error, const char* what) {
  return error == 0 ? absl::OkStatus() : ErrnoStatus(what, "", error);
}

absl::Status Init(const ChannelSpec& spec, pthread_mutexattr_t& attributes,
                  pthread_mutex_t& mutex) {
  const bool inherits = spec.Option("protocol") == "inherit";
  const bool checks = spec.Option("kind") == "errorcheck";
  absl::Status status = Set(::pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED),
                            "pthread_mutexattr_setpshared");
  if (status.ok() && spec.BooleanOption("robust")) {
    status = Set(::pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST),
                 "pthread_mutexattr_setrobust");
  }
  if (status.ok() && inherits) {
    status = Set(::pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT),
                 "pthread_mutexattr_setprotocol");
  }
  if (status.ok()) {
    status = Set(::pthread_mutexattr_settype(
                     &attributes, checks ? PTHREAD_MUTEX_ERRORCHECK : PTHREAD_MUTEX_NORMAL),
                 "pthread_mutexattr_settype");
  }
  // ENOTSUP where the kernel cannot inherit priorities.
  return status.ok() ? Set(::pthread_mutex_init(&mutex, &attributes), "pthread_mutex_init")
                     : status;
}

absl::Status MutexLock::Prepare(const ChannelSpec& spec, State& mutex) {
  pthread_mutexattr_t attributes;
  if (const int error = ::pthread_mutexattr_init(&attributes); error != 0) {
    return ErrnoStatus("pthread_mutexattr_init", "", error);
  }
  absl::Status status = Init(spec, attributes, mutex);
  ::pthread_mutexattr_destroy(&attributes);
  return status;
}

constexpr std::array kPatterns = {v1::Pattern::CONTENTION};
constexpr std::array<std::string_view, 6> kHazards = {
    "A holder that dies leaves it locked, and the others wait for ever, unless it is robust: "
    "then the next one gets EOWNERDEAD, with the lock.",
    "Who got EOWNERDEAD must mend what the mutex guards and call pthread_mutex_consistent "
    "before it unlocks, or nobody ever gets it again (ENOTRECOVERABLE).",
    "PTHREAD_PROCESS_SHARED must be said: a private one in shared memory works until somebody "
    "has to sleep for it, and then nobody wakes it.",
    "Locked twice by its holder a normal one deadlocks, and unlocking another's is undefined; "
    "errorcheck says EDEADLK and EPERM.",
    "It is not fair: who releases it and wants it again mostly has it before the woken one runs.",
    "Without protocol=inherit a holder of low priority keeps an urgent one waiting as long as "
    "others between the two have work; with it every contended acquire and release is a system "
    "call."};
constexpr std::array<std::string_view, 4> kViews = {
    "/proc/PID/syscall: 202 (futex, on x86-64) and the mutex's address, of who sleeps for it",
    "/proc/PID/wchan: futex_wait_queue, or what this kernel calls it; rt_mutex with inherit",
    "/proc/PID/maps: memfd:mutex, where that address lies; its first word there is the lock, the "
    "third the holder's thread id",
    "strace -e futex -p PID: silent as long as nobody waits"};

}  // namespace

extern constinit const Mechanism kMutex = {
    .id = MutexLock::kId,
    .family = v1::Mechanism::SYNC,
    .summary = "POSIX mutex (pthread) in shared memory, for threads of any process",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::POSIX,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::UNNOTICED,  // NOTICED with robust
              .sharing = v1::Mechanism::MANY_TO_MANY,
              .ordering = "whoever is quickest; with inherit the most urgent",
              .access = "whoever inherits the memory's descriptor, or is sent it"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = {},
    .probe = ProbeMutex,
    .host_lock = HostSharedLock<MutexLock>,
    .join_lock = JoinSharedLock<MutexLock>,
    .program = {.carries = kCarriesMutex, .view_absent = kPthreadTellsNothing},
};

}  // namespace ipclab
