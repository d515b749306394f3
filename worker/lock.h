// One worker's end of something that excludes: what Mechanism::host_lock and Mechanism::join_lock
// return, and all that CONTENTION knows of a mechanism.
//
// Used by one worker's only thread. Never destroyed while held. Acquire, TryAcquire and Release are
// on the measured path: no allocation, log or protobuf.
#pragma once

#include <cerrno>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "worker/io_status.h"

namespace ipclab {

class Lock {
 public:
  virtual ~Lock() = default;

  // Called once, when all ends are there and before the first Acquire.
  virtual absl::Status Connect() { return absl::OkStatus(); }

  // Takes the lock, waiting as the mechanism waits. kPeerClosed: who held it has died, and the
  // mechanism says so.
  virtual IoStatus Acquire() = 0;

  // The same without waiting: kWouldBlock when it is taken.
  virtual IoStatus TryAcquire() = 0;

  // Gives back what this worker holds.
  virtual IoStatus Release() = 0;

  // The same as Acquire and TryAcquire, shared with others who ask for no more: a read-write lock
  // of a lab program. ENOSYS of what excludes everybody.
  virtual IoStatus AcquireShared() { return Fail(ENOSYS); }
  virtual IoStatus TryAcquireShared() { return Fail(ENOSYS); }

  // Whether anybody holds it, as the kernel or the shared word tells; UNIMPLEMENTED where nothing
  // does.
  virtual absl::StatusOr<bool> IsHeld() {
    return absl::UnimplementedError("nothing tells whether it is held");
  }

  // While held: true when nobody else may be inside, false when other readers may.
  virtual bool IsHeldAlone() const { return true; }

  // errno of the last kError.
  int error() const { return error_; }

 protected:
  IoStatus Fail(int error) {
    error_ = error;
    return IoStatus::kError;
  }

 private:
  int error_ = 0;
};

}  // namespace ipclab
