// One worker's end of a counting semaphore of a lab program: what Mechanism::host_semaphore and
// join_semaphore return. Anybody may post, and nobody owns it.
//
// Used by one worker's only thread. None of Wait, TryWait and Post allocates or logs.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "worker/io_status.h"

namespace ipclab {

class CountingSemaphore {
 public:
  virtual ~CountingSemaphore() = default;

  // Called once, when all ends are there and before anything else.
  virtual absl::Status Connect() { return absl::OkStatus(); }

  // Takes one, when there is one.
  virtual IoStatus Wait() = 0;

  // The same without waiting: kWouldBlock when there is none.
  virtual IoStatus TryWait() = 0;

  // kWouldBlock when it counts no further.
  virtual IoStatus Post() = 0;

  // As the kernel tells.
  virtual absl::StatusOr<int64_t> Value() const = 0;

  // errno of the last kError.
  virtual int error() const = 0;
};

}  // namespace ipclab
