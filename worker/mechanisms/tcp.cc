// tcp, tcp6: a TCP connection over the loopback interface.

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/mechanisms/socket_buffers.h"
#include "worker/mechanisms/socket_bytes.h"
#include "worker/mechanisms/socket_loopback.h"
#include "worker/option.h"

namespace ipclab {
namespace {

constexpr int kBacklog = 8;
constexpr std::chrono::milliseconds kNoncePatience(1000);  // for who connects and says nothing
constexpr int64_t kLingerOff = -1;
constexpr int64_t kMostLinger = 60;

template <int kFamily>
constexpr ByteSocketKind kKind = {
    .id = kFamily == AF_INET6 ? "tcp6" : "tcp", .prefix = true, .is_tcp = true};

absl::Status Set(int fd, int level, int option, const char* name, const void* value,
                 socklen_t size) {
  if (::setsockopt(fd, level, option, value, size) == 0) return absl::OkStatus();
  return ErrnoStatus("setsockopt", name);
}

// On every socket before it connects or listens: a connection has its listener's options, and the
// window is scaled by the buffer that was there at the first packet.
absl::Status SetOptions(int fd, std::string_view id, const ChannelSpec& spec) {
  struct Switch {
    const char* option;
    int level;
    int name;
  };
  for (const Switch& each :
       {Switch{"no_delay", IPPROTO_TCP, TCP_NODELAY}, Switch{"keepalive", SOL_SOCKET, SO_KEEPALIVE},
        Switch{"reuse_address", SOL_SOCKET, SO_REUSEADDR},
        Switch{"reuse_port", SOL_SOCKET, SO_REUSEPORT}}) {
    const int on = spec.BooleanOption(each.option) ? 1 : 0;
    absl::Status set = Set(fd, each.level, each.name, each.option, &on, sizeof on);
    if (!set.ok()) return set;
  }
  if (const int64_t seconds = spec.IntegerOption("linger"); seconds != kLingerOff) {
    const linger value = {1, static_cast<int>(seconds)};
    absl::Status set = Set(fd, SOL_SOCKET, SO_LINGER, "linger", &value, sizeof value);
    if (!set.ok()) return set;
  }
  return SetBuffers(fd, id, spec);
}

absl::StatusOr<UniqueFd> MakeSocket(int family, std::string_view id, const ChannelSpec& spec) {
  UniqueFd made(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!made) return ErrnoStatus("socket", id);
  if (absl::Status set = SetOptions(made.get(), id, spec); !set.ok()) return set;
  return made;
}

// A stranger who connects is no failure of ours: he is not the one, whatever he does.
bool SentNonce(int connection, const Meeting& meeting) {
  std::array<char, sizeof meeting.nonce> said;
  size_t got = 0;
  while (got < said.size()) {
    if (!AwaitInput(connection, kNoncePatience, "nonce").ok()) return false;
    const ssize_t more = ::recv(connection, said.data() + got, said.size() - got, MSG_DONTWAIT);
    if (more == 0 || (more < 0 && errno != EINTR && errno != EAGAIN)) return false;
    if (more > 0) got += static_cast<size_t>(more);
  }
  return said == meeting.nonce;
}

template <int kFamily>
absl::StatusOr<Hosted> Host(const ChannelSpec& spec) {
  auto listener = MakeSocket(kFamily, kKind<kFamily>.id, spec);
  if (!listener.ok()) return listener.status();
  if (absl::Status bound = LoopbackAddress(kFamily).Bind(listener->get()); !bound.ok()) {
    return bound;
  }
  if (::listen(listener->get(), kBacklog) != 0) return ErrnoStatus("listen", kKind<kFamily>.id);
  const auto meeting = Meeting::AtPortOf(listener->get());
  if (!meeting.ok()) return meeting.status();
  SocketOpening opening = [listener = *std::move(listener), meeting = *meeting] {
    return AcceptPeer(listener.get(), [&meeting](int connection) -> absl::StatusOr<bool> {
      return SentNonce(connection, meeting);
    });
  };
  Hosted hosted;
  hosted.channel = std::make_unique<ByteSocketChannel>(kKind<kFamily>, std::move(opening),
                                                       static_cast<size_t>(spec.message_bytes));
  hosted.offer.bytes = meeting->ToOffer();
  return hosted;
}

// The backlog takes the connection and the kernel the nonce: nobody waits for the host.
template <int kFamily>
absl::StatusOr<std::unique_ptr<Channel>> Join(const ChannelSpec& spec, ChannelOffer offer) {
  const auto meeting = Meeting::FromOffer(kKind<kFamily>.id, offer.bytes);
  if (!meeting.ok()) return meeting.status();
  auto socket = MakeSocket(kFamily, kKind<kFamily>.id, spec);
  if (!socket.ok()) return socket.status();
  const absl::Status connected = LoopbackAddress(kFamily, meeting->port).Connect(socket->get());
  if (!connected.ok()) return connected;
  const std::string_view nonce = meeting->nonce_bytes();
  if (::send(socket->get(), nonce.data(), nonce.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(nonce.size())) {
    return ErrnoStatus("send", "nonce");
  }
  return std::make_unique<ByteSocketChannel>(kKind<kFamily>, *std::move(socket),
                                             static_cast<size_t>(spec.message_bytes));
}

template <int kFamily>
Probe ProbeTcp() {
  Probe probe;
  probe.unavailable_reason = WhyNoLoopback(kFamily, SOCK_STREAM);
  probe.options.push_back(BooleanOption(
      "no_delay", true,
      "Send small messages at once (TCP_NODELAY) instead of waiting for the acknowledgement "
      "of those before"));
  probe.options.push_back(
      BooleanOption("keepalive", false, "Probe a silent connection (SO_KEEPALIVE)"));
  probe.options.push_back(IntegerOption(
      "linger", kLingerOff, kLingerOff, kMostLinger,
      "Seconds that close waits for what was not acknowledged (SO_LINGER), though not the "
      "close of a process that exits; 0: reset the connection and drop it; -1: close at once, "
      "the kernel goes on sending"));
  probe.options.push_back(BooleanOption(
      "reuse_address", false, "Bind though old connections of the port linger (SO_REUSEADDR)"));
  probe.options.push_back(BooleanOption(
      "reuse_port", false, "Let other listeners of the user share the port (SO_REUSEPORT)"));
  AddBufferOptions(probe, "Bytes that wait at the receiver, and so its window (SO_RCVBUF)");
  struct Sysctl {
    const char* what;
    const char* path;
    const char* name;
  };
  for (const Sysctl& each :
       {Sysctl{"connections that wait to be accepted, per listener", "net/core/somaxconn",
               "net.core.somaxconn"},
        Sysctl{"seconds before a silent connection is probed", "net/ipv4/tcp_keepalive_time",
               "net.ipv4.tcp_keepalive_time"}}) {
    if (const auto value = ReadSysctl(each.path)) {
      probe.limits.push_back(MakeLimit(each.what, *value, each.name));
    }
  }
  return probe;
}

constexpr std::array<std::string_view, 2> kViews = {
    "ss -tnipm: queues, buffers, round-trip time as TCP sees it",
    "nstat -az TcpRetransSegs: segments sent again"};
constexpr std::array<std::string_view, 6> kHazards = {
    "It carries bytes without borders: send each message behind its length, and expect short reads "
    "and writes.",
    "Without no_delay small messages wait for acknowledgements, up to 40 ms where both ends delay.",
    "The first send to an end that is closed succeeds; only a later one fails, with ECONNRESET or "
    "EPIPE.",
    "Any local user may connect to a port of the loopback interface: identify the peer.",
    "Who closes first keeps the pair of ports in TIME_WAIT for a minute: a server that is started "
    "again needs SO_REUSEADDR.",
    "With SO_REUSEPORT another process of the user takes a share of the connections, without a "
    "word."};

template <int kFamily>
constexpr Mechanism MakeMechanism(std::string_view summary) {
  return {.id = kKind<kFamily>.id,
          .family = v1::Mechanism::STREAM,
          .summary = summary,
          .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
                    .interface = v1::Mechanism::BSD,
                    .direction = v1::Mechanism::TWO_WAYS,
                    .scope = v1::Mechanism::NETWORK,
                    .persistence = v1::Mechanism::PROCESS,
                    .peer_loss = v1::Mechanism::NOTICED,
                    .access = "every process that can reach the port; here any of this host"},
          .patterns = kDataPatterns,
          .hazards = kHazards,
          .kernel_views = kViews,
          .name_kinds = {},
          .loopback = false,
          .probe = ProbeTcp<kFamily>,
          .host = Host<kFamily>,
          .join = Join<kFamily>,
          .program = UnseenChannelFacts("records may be on their way between two sockets",
                                        /*hops=*/true)};
}

}  // namespace

extern constinit const Mechanism kTcp =
    MakeMechanism<AF_INET>("TCP connection over the loopback interface, 127.0.0.1");
extern constinit const Mechanism kTcp6 =
    MakeMechanism<AF_INET6>("TCP connection over the loopback interface, ::1");

}  // namespace ipclab
