#include "clients/cli/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/errno_status.h"

namespace ipclab::cli {
namespace {

constexpr mode_t kMode = 0666;  // less the umask, as for any file that a shell makes

std::string FolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? "." : folder;
}

// A hidden name in the same folder, so that the rename stays within one file system.
std::string NameBeside(const std::string& path) {
  std::random_device random;
  return absl::StrFormat("%s/.%s.%08x", FolderOf(path),
                         std::filesystem::path(path).filename().string(), random());
}

}  // namespace

OutputFile::OutputFile(Kind kind, std::string path, std::string beside, UniqueFd fd)
    : kind_(kind), path_(std::move(path)), beside_(std::move(beside)), fd_(std::move(fd)) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : kind_(other.kind_),
      path_(std::move(other.path_)),
      beside_(std::exchange(other.beside_, "")),
      fd_(std::move(other.fd_)) {}

OutputFile::~OutputFile() {
  if (!beside_.empty()) ::unlink(beside_.c_str());
}

absl::StatusOr<OutputFile> OutputFile::Open(const std::string& path) {
  if (path == "-") {
    UniqueFd fd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!fd) return ErrnoStatus("write to", "standard output");
    return OutputFile(Kind::kDirect, "standard output", "", std::move(fd));
  }
  struct stat there = {};
  const bool exists = ::stat(path.c_str(), &there) == 0;
  if (exists && !S_ISREG(there.st_mode)) {
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd) return ErrnoStatus("open", path);
    return OutputFile(Kind::kDirect, path, "", std::move(fd));
  }
  // A file that may not be written is not to be replaced either, which its folder would allow.
  if (exists && ::access(path.c_str(), W_OK) != 0) return ErrnoStatus("write to", path);
  // What a link points to is replaced, not the link.
  std::error_code unresolved;
  const std::string target = exists ? std::filesystem::canonical(path, unresolved).string() : path;
  UniqueFd nameless(::open(FolderOf(target).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, kMode));
  if (nameless) return OutputFile(Kind::kNameless, target, "", std::move(nameless));
  if (errno != EOPNOTSUPP && errno != EISDIR) return ErrnoStatus("create", path);
  std::string beside = NameBeside(target);
  UniqueFd fd(::open(beside.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, kMode));
  if (!fd) return ErrnoStatus("create", path);
  return OutputFile(Kind::kBeside, target, std::move(beside), std::move(fd));
}

absl::Status OutputFile::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoStatus("write to", path_);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status OutputFile::Commit() {
  if (kind_ == Kind::kNameless) {
    // linkat does not replace, so it goes by way of a name beside.
    const std::string beside = NameBeside(path_);
    const std::string descriptor = absl::StrCat("/proc/self/fd/", fd_.get());
    if (::linkat(AT_FDCWD, descriptor.c_str(), AT_FDCWD, beside.c_str(), AT_SYMLINK_FOLLOW) != 0) {
      return ErrnoStatus("create", path_);
    }
    beside_ = beside;
  }
  // Network file systems tell at the close that the disk is full.
  if (::close(fd_.Release()) != 0) return ErrnoStatus("write to", path_);
  if (kind_ == Kind::kDirect) return absl::OkStatus();
  if (::rename(beside_.c_str(), path_.c_str()) != 0) return ErrnoStatus("create", path_);
  beside_.clear();
  return absl::OkStatus();
}

}  // namespace ipclab::cli
