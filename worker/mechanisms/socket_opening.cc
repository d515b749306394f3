#include "worker/mechanisms/socket_opening.h"

#include <poll.h>
#include <sys/socket.h>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"

namespace ipclab {

absl::Status AwaitInput(int fd, std::chrono::milliseconds patience, std::string_view what) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd event = {fd, POLLIN, 0};
    const int ready = ::poll(&event, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
    if (ready > 0) return absl::OkStatus();
    if (ready < 0 && errno != EINTR) return ErrnoStatus("poll");
    if (ready == 0) {
      return absl::DeadlineExceededError(
          absl::StrCat("no ", std::string(what), " for ", patience.count(), " ms"));
    }
  }
}

absl::StatusOr<UniqueFd> AcceptPeer(int listener,
                                    absl::FunctionRef<absl::StatusOr<bool>(int)> is_peer) {
  while (true) {
    if (auto status = AwaitInput(listener, kOpeningPatience, "connection of the other end");
        !status.ok()) {
      return status;
    }
    UniqueFd connection(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      return ErrnoStatus("accept4");
    }
    const auto is_it = is_peer(connection.get());
    if (!is_it.ok()) return is_it.status();
    if (*is_it) return connection;
  }
}

}  // namespace ipclab
