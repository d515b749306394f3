#include "worker/mechanisms/lock_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include "common/errno_status.h"
#include "common/ipc_name.h"
#include "common/run_file.h"

namespace ipclab {
namespace {

// A line of the file: "1: FLOCK  ADVISORY  WRITE 22456 fe:00:9978247 0 EOF", with -> behind the
// number of who waits.
bool IsListed(int file, std::string_view kind) {
  struct stat found;
  if (::fstat(file, &found) != 0) return false;
  std::array<char, 64> subject;
  std::snprintf(subject.data(), subject.size(), " %02x:%02x:%lu ", major(found.st_dev),
                minor(found.st_dev), static_cast<unsigned long>(found.st_ino));
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    if (line.find(subject.data()) == std::string::npos) continue;
    std::istringstream words(line);
    std::string number;
    std::string what;
    if (words >> number >> what && what == kind) return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<LockFile> LockFile::Make(const ChannelSpec& spec) {
  const internal::IpcName& name = spec.names.front();
  const std::string& path = name.name();
  if (absl::Status made = MakeFolderOf(path); !made.ok()) return made;
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return ErrnoStatus("open", path);
  return LockFile(std::move(file), name, /*host=*/true);
}

absl::StatusOr<LockFile> LockFile::Open(const ChannelSpec& spec) {
  const internal::IpcName& name = spec.names.front();
  // For writing: an exclusive fcntl lock takes that.
  UniqueFd file(::open(name.name().c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  if (!file) return ErrnoStatus("open", name.name());
  return LockFile(std::move(file), name, /*host=*/false);
}

absl::StatusOr<bool> LockFile::IsHeld(std::string_view kind, Lock& lock) {
  if (shown_ == Shown::kUnknown) {
    shown_ = Shown::kNo;
    if (lock.TryAcquireShared() == IoStatus::kOk) {
      if (IsListed(fd(), kind)) shown_ = Shown::kYes;
      lock.Release();
    }
  }
  if (shown_ == Shown::kYes) return IsListed(fd(), kind);
  return absl::UnimplementedError("/proc/locks does not show locks of this file");
}

LockFile::~LockFile() { RemoveName().IgnoreError(); }

absl::Status LockFile::RemoveName() {
  // What was moved from has no file.
  if (!file_ || !std::exchange(host_, false)) return absl::OkStatus();
  return UnlinkIpcObject(name_);
}

}  // namespace ipclab
