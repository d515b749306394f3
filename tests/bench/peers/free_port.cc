#include "tests/bench/peers/free_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <fstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/errno_status.h"
#include "common/unique_fd.h"
#include "tests/bench/program.h"

namespace ipclab::bench {
namespace {

constexpr int kLookEveryMillis = 20;

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// The kernel's list of sockets: "  0: 0100007F:5277 00000000:0000 0A ...", local address first,
// then the other one, then the state. To connect instead would be taken for a client.
bool IsTaken(uint16_t port) {
  constexpr const char* kLists[] = {"/proc/net/tcp", "/proc/net/tcp6", "/proc/net/udp",
                                    "/proc/net/udp6"};
  constexpr std::string_view kListens = "0A";
  constexpr std::string_view kDatagrams = "07";
  const std::string local = absl::StrFormat(":%04X", port);
  for (const char* const list : kLists) {
    std::ifstream lines(list);
    for (std::string line; std::getline(lines, line);) {
      const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
      if (words.size() > 3 && absl::EndsWith(words[1], local) &&
          (words[3] == kListens || words[3] == kDatagrams)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

absl::StatusOr<FreePort> FreePort::Find() {
  const UniqueFd tcp(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const UniqueFd udp(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(tcp.get(), any, size) != 0 || ::getsockname(tcp.get(), any, &size) != 0 ||
      ::bind(udp.get(), any, size) != 0) {
    return ErrnoStatus("bind", "127.0.0.1");
  }
  return FreePort(ntohs(address.sin_port));
}

absl::Status FreePort::AwaitListener() const {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!IsTaken(number_)) {
    if (std::chrono::steady_clock::now() > deadline) {
      return absl::DeadlineExceededError(absl::StrCat("its server does not listen on ", number_));
    }
    ::poll(nullptr, 0, kLookEveryMillis);
  }
  return absl::OkStatus();
}

}  // namespace ipclab::bench
