// Whole pages of this process's own memory, for the mechanisms that hand pages or addresses to the
// kernel. One owner.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/errno_status.h"

namespace ipclab {

class OwnPages {
 public:
  OwnPages() = default;
  OwnPages(OwnPages&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  OwnPages& operator=(OwnPages&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~OwnPages() {
    if (data_ != nullptr) ::munmap(data_, size_);
  }

  // Of zeros, and there already: no first touch falls into what is measured.
  static absl::StatusOr<OwnPages> Make(size_t size) {
    void* const data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (data == MAP_FAILED) return ErrnoStatus("mmap", absl::StrCat(size, " bytes"));
    OwnPages pages;
    pages.data_ = static_cast<std::byte*>(data);
    pages.size_ = size;
    return pages;
  }

  // Leaves them mapped for as long as this process lives.
  void Abandon() { data_ = nullptr; }

  std::byte* data() const { return data_; }
  explicit operator bool() const { return data_ != nullptr; }

 private:
  std::byte* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace ipclab
