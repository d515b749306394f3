#include "common/run_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/ipc_name.h"

namespace ipclab {

absl::Status MakeFolderOf(const std::string& path) {
  const std::string folder = path.substr(0, path.rfind('/'));
  const std::string run_folder = RuntimeFolderPath();
  if (folder.substr(0, folder.rfind('/')) != run_folder) {
    return absl::InvalidArgumentError(
        absl::StrCat("make the folder of ", path, ": it does not lie in ", run_folder));
  }
  if (const auto made = RuntimeFolder(); !made.ok()) return made.status();
  if (::mkdir(folder.c_str(), 0700) == 0) return absl::OkStatus();
  if (errno != EEXIST) return ErrnoStatus("mkdir", folder);
  // Only we can write to the run folder, but what is there may be a file, or older than its rules.
  struct stat found;
  if (::lstat(folder.c_str(), &found) != 0) return ErrnoStatus("lstat", folder);
  if (!S_ISDIR(found.st_mode) || found.st_uid != ::geteuid() || (found.st_mode & 07777) != 0700) {
    return absl::PermissionDeniedError(
        absl::StrCat("use ", folder, ": it is not a folder of ours with mode 0700; remove it"));
  }
  return absl::OkStatus();
}

}  // namespace ipclab
