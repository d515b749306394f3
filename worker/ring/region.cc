#include "worker/ring/region.h"

#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/pages.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

namespace ipclab {
namespace {

absl::Status TooShort(absl::string_view act, int subject, size_t has, size_t wanted) {
  return absl::FailedPreconditionError(
      absl::StrCat(act, " ", subject, ": it has ", has, " bytes, not ", wanted));
}

}  // namespace

Region::Region(Region&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      bytes_(std::exchange(other.bytes_, 0)),
      attached_(other.attached_) {}

Region& Region::operator=(Region&& other) noexcept {
  // What this owned dies with the temporary.
  Region taken(std::move(other));
  std::swap(data_, taken.data_);
  std::swap(bytes_, taken.bytes_);
  std::swap(attached_, taken.attached_);
  return *this;
}

Region::~Region() {
  if (data_ == nullptr) return;
  if (attached_) {
    ::shmdt(data_);
  } else {
    ::munmap(data_, bytes_);
  }
}

absl::StatusOr<Region> Region::Map(int fd, size_t bytes) {
  struct stat file;
  if (::fstat(fd, &file) != 0) return ErrnoStatus("fstat", absl::StrCat("descriptor ", fd));
  const size_t has = static_cast<size_t>(file.st_size);
  if (has < bytes) return TooShort("mmap descriptor", fd, has, bytes);
  void* const data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (data == MAP_FAILED) return ErrnoStatus("mmap", absl::StrCat(bytes, " bytes"));
  return Region(data, bytes, /*attached=*/false);
}

absl::StatusOr<Region> Region::Attach(int id, size_t bytes) {
  shmid_ds segment;
  if (::shmctl(id, IPC_STAT, &segment) != 0) {
    return ErrnoStatus("shmctl IPC_STAT", absl::StrCat("id ", id));
  }
  if (segment.shm_segsz < bytes) return TooShort("shmat id", id, segment.shm_segsz, bytes);
  void* const data = ::shmat(id, nullptr, 0);
  if (data == reinterpret_cast<void*>(-1)) return ErrnoStatus("shmat", absl::StrCat("id ", id));
  return Region(data, bytes, /*attached=*/true);
}

absl::Status Region::Populate() {
  int result;
  while ((result = ::madvise(data_, bytes_, MADV_POPULATE_WRITE)) != 0 &&
         (errno == EINTR || errno == EAGAIN)) {
  }
  if (result == 0) return absl::OkStatus();
  if (errno != EINVAL) return ErrnoStatus("madvise", absl::StrCat(bytes_, " bytes"));
  // Somebody else may be writing there already: add nothing to a byte of each page.
  for (size_t at = 0; at < bytes_; at += kPageBytes) {
    std::atomic_ref(*reinterpret_cast<uint32_t*>(data() + at)).fetch_add(0);
  }
  return absl::OkStatus();
}

}  // namespace ipclab
