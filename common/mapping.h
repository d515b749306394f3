// Shared memory by descriptor: an anonymous memory file and the mapping of one. The server and the
// workers share an experiment's pages this way.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "common/unique_fd.h"

namespace ipclab {

// Owns one mmap'ed region. Movable, not copyable.
class Mapping {
 public:
  Mapping() = default;
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  ~Mapping();

  // Maps size bytes of fd, readable and writable, shared. The descriptor may be closed afterwards.
  // FAILED_PRECONDITION when the file is shorter than size (touching it would raise SIGBUS).
  static absl::StatusOr<Mapping> Shared(int fd, size_t size);

  void* data() const { return data_; }
  size_t size() const { return size_; }
  explicit operator bool() const { return data_ != nullptr; }

 private:
  Mapping(void* data, size_t size) : data_(data), size_(size) {}

  void* data_ = nullptr;
  size_t size_ = 0;
};

// Creates an anonymous memory file of size zero bytes, close-on-exec, sealed against resizing so
// that nobody who maps it can be hurt by SIGBUS. Pages are allocated when first touched.
absl::StatusOr<UniqueFd> CreateMemoryFile(const char* label, size_t size);

}  // namespace ipclab
