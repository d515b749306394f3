// A piece of memory that two processes share, however it came to be: mapped from a descriptor or
// attached by a System V id. Owns the mapping, not what is mapped. Movable, not copyable.
#pragma once

#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ipclab {

class Region {
 public:
  Region() = default;
  Region(Region&& other) noexcept;
  Region& operator=(Region&& other) noexcept;
  ~Region();

  // Maps bytes of fd, readable and writable, shared. The descriptor may be closed afterwards.
  // FAILED_PRECONDITION when the file is shorter: touching the rest would raise SIGBUS.
  static absl::StatusOr<Region> Map(int fd, size_t bytes);

  // Attaches the System V segment with this id. FAILED_PRECONDITION when it is shorter than bytes.
  static absl::StatusOr<Region> Attach(int id, size_t bytes);

  std::byte* data() const { return static_cast<std::byte*>(data_); }
  size_t bytes() const { return bytes_; }

  // Takes every page now instead of at its first touch, so that none is missing later. Fails when
  // the memory is not to be had; where the kernel cannot be asked (before Linux 5.14), touches it.
  absl::Status Populate();

 private:
  Region(void* data, size_t bytes, bool attached)
      : data_(data), bytes_(bytes), attached_(attached) {}

  void* data_ = nullptr;
  size_t bytes_ = 0;
  bool attached_ = false;  // by shmat, not mmap
};

}  // namespace ipclab
