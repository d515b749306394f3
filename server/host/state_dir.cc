#include "server/host/state_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "common/errno_status.h"
#include "server/security/token.h"

namespace ipclab {
namespace {

// Every folder of the path that is missing, 0700 each.
absl::Status MakeFolders(const std::string& path) {
  for (size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string folder = path.substr(0, end);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
      // Above the user's own folders even one that exists may say EACCES or EROFS.
      const int error = errno;
      if (::access(folder.c_str(), F_OK) != 0) return ErrnoStatus("mkdir", folder, error);
    }
    if (end == std::string::npos) return absl::OkStatus();
  }
}

absl::Status CheckPrivate(const std::string& path) {
  const UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return ErrnoStatus("open state folder", path);
  struct stat status;
  if (::fstat(folder.get(), &status) != 0) return ErrnoStatus("fstat", path);
  if (status.st_uid != ::geteuid()) {
    return absl::PermissionDeniedError(absl::StrCat("the state folder ", path, " belongs to user ",
                                                    status.st_uid, ", not to ", ::geteuid(),
                                                    ": use another --state-dir"));
  }
  if ((status.st_mode & 077) != 0) {
    return absl::PermissionDeniedError(
        absl::StrFormat("the state folder %s is open to others (mode %04o): chmod 700 %s", path,
                        status.st_mode & 07777, path));
  }
  return absl::OkStatus();
}

// " (process 123)" as the holder wrote it, empty when it has not yet.
std::string HolderOf(int lock) {
  char text[32];
  const ssize_t length = ::pread(lock, text, sizeof(text), 0);
  if (length <= 0) return "";
  const absl::string_view pid =
      absl::StripAsciiWhitespace(absl::string_view(text, static_cast<size_t>(length)));
  return absl::StrCat(" (process ", pid, ")");
}

// flock and not fcntl: the latter is lost when anything in the process closes the file.
absl::StatusOr<UniqueFd> TakeLock(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/lock");
  UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock) return ErrnoStatus("open", path);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return ErrnoStatus("flock", path);
    return absl::FailedPreconditionError(absl::StrCat("another server", HolderOf(lock.get()),
                                                      " uses the state folder ", folder,
                                                      ": stop it, or use another --state-dir"));
  }
  const std::string pid = absl::StrCat(::getpid(), "\n");
  if (::ftruncate(lock.get(), 0) != 0) return ErrnoStatus("ftruncate", path);
  if (::pwrite(lock.get(), pid.data(), pid.size(), 0) < 0) return ErrnoStatus("write", path);
  return lock;
}

// Empty unless it is an absolute path.
std::string FolderFrom(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value == '/' ? value : "";
}

}  // namespace

absl::StatusOr<std::string> DefaultStateDir() {
  if (const std::string state = FolderFrom("XDG_STATE_HOME"); !state.empty()) {
    return absl::StrCat(state, "/ipclab");
  }
  if (const std::string home = FolderFrom("HOME"); !home.empty()) {
    return absl::StrCat(home, "/.local/state/ipclab");
  }
  if (::geteuid() == 0) return "/var/lib/ipclab";
  return absl::FailedPreconditionError(
      "neither XDG_STATE_HOME nor HOME names a folder: use --state-dir");
}

absl::StatusOr<StateDir> StateDir::Open(const std::string& path) {
  if (path.empty()) return absl::InvalidArgumentError("the state folder has no name");
  std::error_code error;
  std::string folder = std::filesystem::absolute(path, error).lexically_normal().string();
  if (error) return ErrnoStatus("find state folder", path, error.value());
  if (folder.size() > 1 && folder.back() == '/') folder.pop_back();
  if (absl::Status status = MakeFolders(folder); !status.ok()) return status;
  if (absl::Status status = CheckPrivate(folder); !status.ok()) return status;
  absl::StatusOr<UniqueFd> lock = TakeLock(folder);
  if (!lock.ok()) return lock.status();
  absl::StatusOr<std::string> token = LoadOrMakeToken(folder + "/token");
  if (!token.ok()) return token.status();
  return StateDir(std::move(folder), *std::move(lock), *std::move(token));
}

StateDir::StateDir(std::string path, UniqueFd lock, std::string token)
    : path_(std::move(path)), lock_(std::move(lock)), token_(std::move(token)) {}

}  // namespace ipclab
