// A POSIX semaphore, wherever it lies: a word of shared memory that sem_wait sleeps on by futex.
// Borrows it; used by one thread of each process.
#pragma once

#include <semaphore.h>

#include <cerrno>
#include <cstdint>

#include "absl/status/statusor.h"
#include "common/errno_status.h"
#include "worker/io_status.h"

namespace ipclab {

class PosixSemaphore {
 public:
  explicit PosixSemaphore(sem_t* semaphore) : semaphore_(semaphore) {}

  IoStatus Wait() {
    while (::sem_wait(semaphore_) != 0) {
      if (errno != EINTR) return Fail();
    }
    return IoStatus::kOk;
  }

  IoStatus TryWait() {
    while (::sem_trywait(semaphore_) != 0) {
      if (errno == EAGAIN) return IoStatus::kWouldBlock;
      if (errno != EINTR) return Fail();
    }
    return IoStatus::kOk;
  }

  IoStatus Post() {
    if (::sem_post(semaphore_) == 0) [[likely]] {
      return IoStatus::kOk;
    }
    return errno == EOVERFLOW ? IoStatus::kWouldBlock : Fail();
  }

  absl::StatusOr<int64_t> Value() const {
    int value = 0;
    if (::sem_getvalue(semaphore_, &value) != 0) return ErrnoStatus("sem_getvalue");
    return value;
  }

  int error() const { return error_; }

 private:
  IoStatus Fail() {
    error_ = errno;
    return IoStatus::kError;
  }

  sem_t* semaphore_;
  int error_ = 0;
};

}  // namespace ipclab
