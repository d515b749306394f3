#include "worker/mechanisms/lock_file.h"

#include <fcntl.h>

#include <utility>

#include "common/errno_status.h"
#include "common/ipc_name.h"
#include "common/run_file.h"

namespace ipclab {

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

LockFile::~LockFile() { RemoveName().IgnoreError(); }

absl::Status LockFile::RemoveName() {
  // What was moved from has no file.
  if (!file_ || !std::exchange(host_, false)) return absl::OkStatus();
  return UnlinkIpcObject(name_);
}

}  // namespace ipclab
