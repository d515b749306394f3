#include "common/mapping.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"

namespace ipclab {

Mapping::Mapping(Mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  // What this owned dies with the temporary.
  Mapping taken(std::move(other));
  std::swap(data_, taken.data_);
  std::swap(size_, taken.size_);
  return *this;
}

Mapping::~Mapping() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

absl::StatusOr<Mapping> Mapping::Shared(int fd, size_t size) {
  struct stat file;
  if (::fstat(fd, &file) != 0) return ErrnoStatus("fstat", absl::StrCat("descriptor ", fd));
  if (static_cast<size_t>(file.st_size) < size) {
    return absl::FailedPreconditionError(absl::StrCat("mmap descriptor ", fd, ": the file has ",
                                                      file.st_size, " bytes, not ", size));
  }
  void* const data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (data == MAP_FAILED) return ErrnoStatus("mmap", absl::StrCat("descriptor ", fd));
  return Mapping(data, size);
}

absl::StatusOr<UniqueFd> CreateMemoryFile(const char* label, size_t size) {
  UniqueFd file(::memfd_create(label, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file) return ErrnoStatus("memfd_create", label);
  if (::ftruncate(file.get(), static_cast<off_t>(size)) != 0) {
    return ErrnoStatus("ftruncate", label);
  }
  if (::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return ErrnoStatus("fcntl F_ADD_SEALS", label);
  }
  return file;
}

}  // namespace ipclab
