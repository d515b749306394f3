// ofd_lock: the record lock that is owned by the open file description.

#include <sys/mman.h>

#include <array>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "worker/mechanisms/record_lock.h"

namespace ipclab {
namespace {

using OfdLock = RecordLock<F_OFD_SETLKW, F_OFD_SETLK>;

Probe ProbeOfdLock() {
  Probe probe;
  const UniqueFd file(::memfd_create("ipclab-probe", MFD_CLOEXEC));
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  if (!file || ::fcntl(file.get(), F_OFD_GETLK, &lock) != 0) {
    probe.unavailable_reason =
        absl::StrCat("fcntl F_OFD_GETLK: ", std::strerror(errno), "; it takes Linux 3.15 or newer");
  }
  return probe;
}

constexpr std::array kPatterns = {v1::Pattern::CONTENTION};
constexpr std::array kNames = {LockFile::kNameKind};
constexpr std::array<std::string_view, 6> kHazards = {
    "The lock is the open file description's: who inherits the descriptor, or is sent it, holds it "
    "too, and either may release it. Each must open the file itself.",
    "When its holder dies the kernel releases it, and the next one gets it as if nothing had "
    "happened: what it guards may be half changed.",
    "Nobody looks for deadlocks: F_OFD_SETLKW waits for ever where F_SETLKW would say EDEADLK.",
    "Nobody can be named as its holder: F_OFD_GETLK and /proc/locks say -1 instead of a pid.",
    "l_pid must be 0, or the call fails with EINVAL.",
    "It is advisory, and it excludes fcntl's locks of processes and is excluded by them, but not "
    "flock's."};
constexpr std::array<std::string_view, 3> kViews = {
    "/proc/locks: OFDLCK ADVISORY WRITE, -1 for its holder and the file as major:minor:inode; -> "
    "before those who wait",
    "lslocks: the same as a table",
    "/proc/PID/fdinfo/FD: lock: OFDLCK, where it is held by this descriptor: so its holder is "
    "found"};

}  // namespace

extern constinit const Mechanism kOfdLock = {
    .id = "ofd_lock",
    .family = v1::Mechanism::SYNC,
    .summary = "Record lock of an open file description (fcntl F_OFD_SETLK)",
    .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
              .interface = v1::Mechanism::LINUX,
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
    .probe = ProbeOfdLock,
    .host_lock = HostFileLock<OfdLock>,
    .join_lock = JoinFileLock<OfdLock>,
    .program = LockFile::kProgram,
};

}  // namespace ipclab
