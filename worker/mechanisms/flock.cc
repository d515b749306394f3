// flock: BSD's lock of a whole file.

#include <sys/file.h>

#include <array>
#include <cerrno>

#include "worker/mechanisms/lock_file.h"

namespace ipclab {
namespace {

class FlockLock final : public Lock {
 public:
  explicit FlockLock(LockFile file) : file_(std::move(file)) {}

  absl::Status Connect() override { return file_.RemoveName(); }

  IoStatus Acquire() override { return Do(LOCK_EX); }
  IoStatus TryAcquire() override { return Do(LOCK_EX | LOCK_NB); }
  IoStatus AcquireShared() override { return Do(LOCK_SH); }
  IoStatus TryAcquireShared() override { return Do(LOCK_SH | LOCK_NB); }
  IoStatus Release() override { return Do(LOCK_UN); }
  absl::StatusOr<bool> IsHeld() override { return file_.IsHeld("FLOCK", *this); }

 private:
  IoStatus Do(int operation) {
    while (::flock(file_.fd(), operation) != 0) {
      if (errno == EWOULDBLOCK) return IoStatus::kWouldBlock;
      if (errno != EINTR) return Fail(errno);
    }
    return IoStatus::kOk;
  }

  LockFile file_;
};

Probe ProbeFlock() { return {}; }

constexpr std::array kPatterns = {v1::Pattern::CONTENTION};
constexpr std::array kNames = {LockFile::kNameKind};
constexpr std::array<std::string_view, 6> kHazards = {
    "The lock is the open file description's, not the process's: who inherits the descriptor, "
    "or is sent it, holds it too, and either may release it. Each must open the file itself.",
    "When its holder dies the kernel releases it, and the next one gets it as if nothing had "
    "happened: what it guards may be half changed.",
    "It is advisory: who does not ask for it reads and writes as it likes.",
    "A shared lock becomes an exclusive one by being released first: another one may come in "
    "between.",
    "It knows nothing of fcntl's locks on the same file; over NFS, where it is made of those, it "
    "does.",
    "There is no time limit, and nobody looks for deadlocks."};
constexpr std::array<std::string_view, 3> kViews = {
    "/proc/locks: FLOCK ADVISORY WRITE, the pid of who took it and the file as major:minor:inode; "
    "-> before those who wait",
    "lslocks: the same as a table",
    "/proc/PID/fdinfo/FD: lock: FLOCK, where it is held by this descriptor"};

}  // namespace

extern constinit const Mechanism kFlock = {
    .id = "flock",
    .family = v1::Mechanism::SYNC,
    .summary = "BSD file lock: a whole file, owned by the open file description",
    .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
              .interface = v1::Mechanism::BSD,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .sharing = v1::Mechanism::MANY_TO_MANY,
              .ordering = "whoever is quickest; of those who wait the first is woken",
              .access = "whoever may open the file, by its mode and the folders above it"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = kNames,
    .probe = ProbeFlock,
    .host_lock = HostFileLock<FlockLock>,
    .join_lock = JoinFileLock<FlockLock>,
    .program = LockFile::kProgram,
};

}  // namespace ipclab
