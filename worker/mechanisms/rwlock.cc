// rwlock: a process-shared pthread read-write lock. An option says how many acquisitions only read.

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

constexpr int64_t kAll = 100;  // percent

class RwLock final : public Lock {
 public:
  static constexpr const char* kId = "rwlock";
  using State = pthread_rwlock_t;

  static absl::Status Prepare(const ChannelSpec& spec, State& lock);

  RwLock(SharedObject<State> lock, const ChannelSpec& spec)
      : lock_(std::move(lock)), readers_(spec.IntegerOption("readers")) {
    Choose();
  }

  IoStatus Acquire() override {
    return Told(reads_ ? ::pthread_rwlock_rdlock(&*lock_) : ::pthread_rwlock_wrlock(&*lock_));
  }

  IoStatus TryAcquire() override {
    return Told(reads_ ? ::pthread_rwlock_tryrdlock(&*lock_) : ::pthread_rwlock_trywrlock(&*lock_));
  }

  IoStatus Release() override {
    const IoStatus status = Told(::pthread_rwlock_unlock(&*lock_));
    Choose();
    return status;
  }

  IoStatus AcquireShared() override { return Told(::pthread_rwlock_rdlock(&*lock_)); }
  IoStatus TryAcquireShared() override { return Told(::pthread_rwlock_tryrdlock(&*lock_)); }

  bool IsHeldAlone() const override { return !reads_; }

 private:
  // Whether the next acquisition only reads: as many of each hundred as the option says, evenly.
  void Choose() {
    sum_ += readers_;
    reads_ = sum_ >= kAll;
    if (reads_) sum_ -= kAll;
  }

  IoStatus Told(int error) {
    if (error == 0) return IoStatus::kOk;
    return error == EBUSY ? IoStatus::kWouldBlock : Fail(error);
  }

  SharedObject<State> lock_;
  const int64_t readers_;
  int64_t sum_ = 0;
  bool reads_ = false;
};

Probe ProbeRwLock() {
  Probe probe = ProbeShared(RwLock::kId);
  probe.options.push_back(
      IntegerOption("readers", 90, 0, kAll,
                    "How many of a hundred acquisitions only read, and so share the lock"));
  probe.options.push_back(
      ChoiceOption("prefer", {"readers", "writers"},
                   "Who goes first where both want it: readers is glibc's usual; writers makes new "
                   "readers wait behind a writer that waits"));
  return probe;
}

absl::Status Init(const ChannelSpec& spec, pthread_rwlockattr_t& attributes,
                  pthread_rwlock_t& lock) {
  int error = ::pthread_rwlockattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  if (error != 0) return ErrnoStatus("pthread_rwlockattr_setpshared", "", error);
  // PTHREAD_RWLOCK_PREFER_WRITER_NP would be the same as preferring readers.
  error = ::pthread_rwlockattr_setkind_np(
      &attributes, spec.Option("prefer") == "writers" ? PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP
                                                      : PTHREAD_RWLOCK_PREFER_READER_NP);
  if (error != 0) return ErrnoStatus("pthread_rwlockattr_setkind_np", "", error);
  error = ::pthread_rwlock_init(&lock, &attributes);
  return error == 0 ? absl::OkStatus() : ErrnoStatus("pthread_rwlock_init", "", error);
}

absl::Status RwLock::Prepare(const ChannelSpec& spec, State& lock) {
  pthread_rwlockattr_t attributes;
  if (const int error = ::pthread_rwlockattr_init(&attributes); error != 0) {
    return ErrnoStatus("pthread_rwlockattr_init", "", error);
  }
  absl::Status status = Init(spec, attributes, lock);
  ::pthread_rwlockattr_destroy(&attributes);
  return status;
}

constexpr std::array kPatterns = {v1::Pattern::CONTENTION};
constexpr std::array<std::string_view, 5> kHazards = {
    "With readers preferred, as is usual, a writer starves as long as readers overlap: each "
    "new one is let in while the writer waits.",
    "With writers preferred a reader that takes it a second time deadlocks behind a writer that "
    "waits.",
    "There is no robust kind: a reader or a writer that dies keeps it for ever, and nobody is "
    "told.",
    "Readers exclude nobody from reading, yet each of them writes the lock's own cache line twice: "
    "for short sections a mutex is faster.",
    "A reader cannot become a writer: it must release first, and what it has read may change "
    "before it has the lock again."};
constexpr std::array<std::string_view, 3> kViews = {
    "/proc/PID/syscall: 202 (futex, on x86-64) and an address inside the lock, of who sleeps for "
    "it",
    "/proc/PID/maps: memfd:rwlock, where that address lies",
    "strace -e futex -p PID: silent as long as nobody waits"};

}  // namespace

extern constinit const Mechanism kRwLock = {
    .id = RwLock::kId,
    .family = v1::Mechanism::SYNC,
    .summary = "POSIX read-write lock (pthread) in shared memory: readers share, a writer is alone",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::POSIX,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .sharing = v1::Mechanism::MANY_TO_MANY,
              .ordering = "the preferred before the others; among them whoever is quickest",
              .access = "whoever inherits the memory's descriptor, or is sent it"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = {},
    .probe = ProbeRwLock,
    .host_lock = HostSharedLock<RwLock>,
    .join_lock = JoinSharedLock<RwLock>,
    .program = {.carries = kCarriesRwLock, .view_absent = kPthreadTellsNothing},
};

}  // namespace ipclab
