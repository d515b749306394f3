// One end of a lock by fcntl(2): of the process (F_SETLK) or of the open file description
// (F_OFD_SETLK), over the whole file. Used by fcntl_lock and ofd_lock.
#pragma once

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "worker/mechanisms/lock_file.h"

namespace ipclab {

// kWait, kTry: the commands that wait and that do not.
template <int kWait, int kTry>
class RecordLock final : public Lock {
 public:
  explicit RecordLock(LockFile file) : file_(std::move(file)) {}

  absl::Status Connect() override { return file_.RemoveName(); }

  IoStatus Acquire() override { return Do(kWait, F_WRLCK); }
  IoStatus TryAcquire() override { return Do(kTry, F_WRLCK); }
  IoStatus AcquireShared() override { return Do(kWait, F_RDLCK); }
  IoStatus TryAcquireShared() override { return Do(kTry, F_RDLCK); }
  IoStatus Release() override { return Do(kTry, F_UNLCK); }
  absl::StatusOr<bool> IsHeld() override {
    return file_.IsHeld(kWait == F_SETLKW ? "POSIX" : "OFDLCK", *this);
  }

 private:
  IoStatus Do(int command, short type) {
    struct flock lock = {};  // from 0 to the end, however long; l_pid must be 0
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    while (::fcntl(file_.fd(), command, &lock) != 0) {
      if (command == kTry && (errno == EAGAIN || errno == EACCES)) return IoStatus::kWouldBlock;
      if (errno != EINTR) return Fail(errno);
    }
    return IoStatus::kOk;
  }

  LockFile file_;
};

}  // namespace ipclab
