#include "common/ipc_name.h"

#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/errno_status.h"
#include "common/sysv_object.h"

namespace ipclab {
namespace {

constexpr std::string_view kPrefix = "/ipclab-";
constexpr size_t kInstanceLength = 6;
constexpr size_t kExperimentLength = 8;
constexpr size_t kMostDigits = 9;

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

std::string EnvironmentOr(const char* name, const char* otherwise) {
  const char* const value = std::getenv(name);
  return value != nullptr && value[0] == '/' ? value : otherwise;
}

// In a folder that others may write to, somebody else may have made ours before us.
absl::Status CheckIsOurs(const std::string& folder) {
  struct stat found;
  if (::lstat(folder.c_str(), &found) != 0) return ErrnoStatus("lstat", folder);
  const char* flaw = nullptr;
  if (!S_ISDIR(found.st_mode)) {
    flaw = "is not a folder";
  } else if (found.st_uid != ::geteuid()) {
    flaw = "belongs to another user";
  } else if ((found.st_mode & 07777) != 0700) {
    flaw = "has not mode 0700";
  }
  if (flaw == nullptr) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("use ", folder, " for sockets and FIFOs: it ", flaw,
                   "; remove it, or point XDG_RUNTIME_DIR at a folder of your own"));
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsTagLetter(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z'); }

// The three below take what they accept from the front of text.
bool TakeText(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

bool TakeTag(std::string_view& text, size_t length) {
  if (text.size() < length) return false;
  if (!std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(length), IsTagLetter)) {
    return false;
  }
  text.remove_prefix(length);
  return true;
}

bool TakeNumber(std::string_view& text) {
  const size_t digits =
      static_cast<size_t>(std::find_if_not(text.begin(), text.end(), IsDigit) - text.begin());
  if (digits == 0 || digits > kMostDigits) return false;
  text.remove_prefix(digits);
  return true;
}

bool IsInRunFolder(internal::IpcName::Kind kind) {
  return kind == internal::IpcName::FILE || IsSysv(kind);
}

bool IsPosixName(std::string_view name) {
  return TakeText(name, kPrefix) && TakeTag(name, kInstanceLength) && TakeText(name, "-") &&
         TakeTag(name, kExperimentLength) && TakeText(name, "-") && TakeNumber(name) &&
         name.empty();
}

bool IsFileName(std::string_view name, const std::string& run_folder) {
  return TakeText(name, run_folder) && TakeText(name, "/") && TakeTag(name, kExperimentLength) &&
         TakeText(name, "/") && TakeNumber(name) && name.empty();
}

absl::StatusOr<bool> Removed(int result, std::string_view act, const std::string& name) {
  if (result == 0) return true;
  if (errno == ENOENT) return false;
  return ErrnoStatus(act, name);
}

std::string FolderOf(const std::string& path) { return path.substr(0, path.rfind('/')); }

// The file, and before it what it stands for.
absl::StatusOr<bool> RemoveFile(const internal::IpcName& name) {
  const std::string& path = name.name();
  const std::string run_folder = FolderOf(FolderOf(path));
  if (absl::Status ours = CheckIsOurs(run_folder); !ours.ok()) {
    if (absl::IsNotFound(ours)) return false;
    return ours;
  }
  if (IsSysv(name.kind())) {
    if (absl::Status gone = RemoveSysvObject(name); !gone.ok()) return gone;
  }
  return Removed(::unlink(path.c_str()), "unlink", path);
}

absl::Status NotOurForm(const internal::IpcName& name) {
  return absl::InvalidArgumentError(absl::StrCat("remove ",
                                                 internal::IpcName::Kind_Name(name.kind()), " \"",
                                                 name.name(), "\": not a name of the lab's"));
}

absl::StatusOr<bool> RemoveObject(const internal::IpcName& name) {
  const std::string& text = name.name();
  if (!(IsInRunFolder(name.kind()) ? IsFileName(text, RuntimeFolderPath()) : IsPosixName(text))) {
    return NotOurForm(name);
  }
  switch (name.kind()) {
    case internal::IpcName::POSIX_SHM:
      return Removed(::shm_unlink(text.c_str()), "shm_unlink", text);
    case internal::IpcName::POSIX_SEM:
      return Removed(::sem_unlink(text.c_str()), "sem_unlink", text);
    case internal::IpcName::POSIX_MQ:
      return Removed(::mq_unlink(text.c_str()), "mq_unlink", text);
    case internal::IpcName::FILE:
    case internal::IpcName::SYSV_SHM:
    case internal::IpcName::SYSV_MQ:
    case internal::IpcName::SYSV_SEM:
      return RemoveFile(name);
    default:
      return NotOurForm(name);
  }
}

}  // namespace

std::string RuntimeFolderPath() {
  const std::string session = EnvironmentOr("XDG_RUNTIME_DIR", "");
  if (!session.empty()) return absl::StrCat(session, "/ipclab");
  if (::geteuid() == 0) return "/run/ipclab";
  return absl::StrCat(EnvironmentOr("TMPDIR", "/tmp"), "/ipclab-", ::geteuid());
}

absl::StatusOr<std::string> RuntimeFolder() {
  const std::string folder = RuntimeFolderPath();
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return ErrnoStatus("mkdir", folder);
  if (absl::Status ours = CheckIsOurs(folder); !ours.ok()) return ours;
  return folder;
}

std::string MakeInstanceTag() {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::array<unsigned char, kInstanceLength> random;
  // Never fails or falls short for so few bytes, but for a signal while the pool is still empty.
  while (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
  }
  std::string tag;
  for (const unsigned char byte : random) tag += kLetters[byte % kLetters.size()];
  return tag;
}

internal::IpcName MakeIpcName(internal::IpcName::Kind kind, std::string_view instance,
                              std::string_view experiment8, int number,
                              std::string_view run_folder) {
  internal::IpcName name;
  name.set_kind(kind);
  if (IsInRunFolder(kind)) {
    name.set_name(absl::StrCat(Absl(run_folder), "/", Absl(experiment8), "/", number));
  } else {
    name.set_name(absl::StrCat(Absl(kPrefix), Absl(instance), "-", Absl(experiment8), "-", number));
  }
  return name;
}

absl::StatusOr<bool> RemoveIpcObject(const internal::IpcName& name) {
  absl::StatusOr<bool> removed = RemoveObject(name);
  // Refused while other names of the experiment are there; the last one takes it along.
  if (removed.ok() && IsInRunFolder(name.kind())) ::rmdir(FolderOf(name.name()).c_str());
  return removed;
}

absl::Status UnlinkIpcObject(const internal::IpcName& name) { return RemoveObject(name).status(); }

}  // namespace ipclab
