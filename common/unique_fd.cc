#include "common/unique_fd.h"

#include <unistd.h>

#include <cerrno>

namespace ipclab {

void UniqueFd::Reset(int fd) {
  const int old = std::exchange(fd_, fd);
  if (old < 0) return;
  const int error = errno;
  // Never repeated, not even on EINTR: Linux has freed the number by then, and somebody else may
  // hold it already.
  ::close(old);
  errno = error;
}

}  // namespace ipclab
