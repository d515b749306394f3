// fcntl_lock: POSIX's record lock, owned by the process.

#include <array>

#include "worker/mechanisms/record_lock.h"

namespace ipclab {
namespace {

using FcntlLock = RecordLock<F_SETLKW, F_SETLK>;

Probe ProbeFcntlLock() { return {}; }

constexpr std::array kPatterns = {v1::Pattern::CONTENTION};
constexpr std::array kNames = {LockFile::kNameKind};
constexpr std::array<std::string_view, 7> kHazards = {
    "Closing any descriptor of the file drops all locks of the process on it, even one that a "
    "library has opened and closed in between.",
    "It is the process's: threads of one process never exclude each other by it, and a child does "
    "not inherit it.",
    "When its holder dies the kernel releases it, and the next one gets it as if nothing had "
    "happened: what it guards may be half changed.",
    "F_SETLKW fails with EDEADLK where processes wait for each other in a ring: who gets it must "
    "release what it holds and begin again.",
    "It is advisory: who does not ask for it reads and writes as it likes.",
    "An exclusive lock takes a descriptor that is open for writing (EBADF).",
    "F_GETLK tells who holds it, which may be over when the answer is there."};
constexpr std::array<std::string_view, 3> kViews = {
    "/proc/locks: POSIX ADVISORY WRITE, the holder's pid and the file as major:minor:inode; -> "
    "before those who wait",
    "lslocks: the same as a table", "/proc/PID/fdinfo/FD: lock: POSIX, where its process holds it"};

}  // namespace

extern constinit const Mechanism kFcntlLock = {
    .id = "fcntl_lock",
    .family = v1::Mechanism::SYNC,
    .summary = "POSIX record lock (fcntl F_SETLK): a file, owned by the process",
    .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
              .interface = v1::Mechanism::POSIX,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .sharing = v1::Mechanism::MANY_TO_MANY,
              .ordering = "whoever is quickest; of those who wait the first is woken",
              .access = "whoever may open the file for writing, by its mode and the folders above"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = kNames,
    .probe = ProbeFcntlLock,
    .host_lock = HostFileLock<FcntlLock>,
    .join_lock = JoinFileLock<FcntlLock>,
    .program = LockFile::kProgram,
};

}  // namespace ipclab
