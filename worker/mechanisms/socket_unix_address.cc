#include "worker/mechanisms/socket_unix_address.h"

#include <unistd.h>

#include <cstddef>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/run_file.h"

namespace ipclab {

// Both kinds have one byte of NUL: a path behind it, an abstract name before it.
absl::StatusOr<UnixAddress> UnixAddress::Make(std::string_view id, const std::string& name,
                                              bool abstract) {
  UnixAddress result;
  if (name.size() + 1 > sizeof result.address_.sun_path) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(id), ": ", name, " has ", name.size(), " bytes, an address takes ",
                     sizeof result.address_.sun_path - 1,
                     " (sun_path); point XDG_RUNTIME_DIR at a shorter folder"));
  }
  result.address_.sun_family = AF_UNIX;
  std::memcpy(result.address_.sun_path + (abstract ? 1 : 0), name.data(), name.size());
  result.size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() + 1);
  if (!abstract) result.path_ = name;
  return result;
}

absl::Status UnixAddress::Bind(int fd) const {
  if (!path_.empty()) {
    if (absl::Status made = MakeFolderOf(path_); !made.ok()) return made;
  }
  if (::bind(fd, Get(), size_) == 0) return absl::OkStatus();
  return ErrnoStatus("bind", path_.empty() ? address_.sun_path + 1 : address_.sun_path);
}

absl::Status UnixAddress::Connect(int fd) const {
  while (::connect(fd, Get(), size_) != 0) {
    if (errno == EINTR) continue;
    return ErrnoStatus("connect", path_.empty() ? address_.sun_path + 1 : address_.sun_path);
  }
  return absl::OkStatus();
}

void UnixAddress::Unlink() const {
  if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace ipclab
