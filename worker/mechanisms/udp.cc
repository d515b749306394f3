// udp, udp6: datagrams over the loopback interface. They are lost where the receiver is slow.

#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/mechanisms/socket_buffers.h"
#include "worker/mechanisms/socket_loopback.h"
#include "worker/mechanisms/socket_records.h"

namespace ipclab {
namespace {

// The length fields: of an IPv4 packet with both headers, of a UDP datagram with its own.
constexpr int64_t kMost = 65507;
constexpr int64_t kMost6 = 65527;

template <int kFamily>
constexpr RecordSocketKind kKind = {.id = kFamily == AF_INET6 ? "udp6" : "udp",
                                    .tells_of_end = false,
                                    .skips_foreign = true,
                                    .counts_what_waits = false};

absl::StatusOr<UniqueFd> MakeSocket(int family, std::string_view id, const ChannelSpec& spec) {
  UniqueFd made(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!made) return ErrnoStatus("socket", id);
  // What it waits for may be lost.
  const timeval patience = {0, std::chrono::microseconds(kLossyPatience).count()};
  if (::setsockopt(made.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0) {
    return ErrnoStatus("setsockopt SO_RCVTIMEO", id);
  }
  if (absl::Status set = SetBuffers(made.get(), id, spec); !set.ok()) return set;
  return made;
}

// Connects back to who sent the nonce: from then on the kernel lets nobody else's datagrams in.
absl::StatusOr<UniqueFd> Meet(UniqueFd socket, const Meeting& meeting, int family) {
  std::array<char, sizeof meeting.nonce> said;
  while (true) {
    absl::Status there = AwaitInput(socket.get(), kOpeningPatience, "datagram of the other end");
    if (!there.ok()) return there;
    sockaddr_storage from = {};
    socklen_t size = sizeof from;
    const ssize_t got = ::recvfrom(socket.get(), said.data(), said.size(), MSG_TRUNC | MSG_DONTWAIT,
                                   reinterpret_cast<sockaddr*>(&from), &size);
    if (got != static_cast<ssize_t>(said.size()) || said != meeting.nonce) continue;
    if (from.ss_family != family) continue;
    if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&from), size) != 0) {
      return ErrnoStatus("connect", "the other end's port");
    }
    return socket;
  }
}

template <int kFamily>
absl::StatusOr<Hosted> Host(const ChannelSpec& spec) {
  auto socket = MakeSocket(kFamily, kKind<kFamily>.id, spec);
  if (!socket.ok()) return socket.status();
  if (absl::Status bound = LoopbackAddress(kFamily).Bind(socket->get()); !bound.ok()) return bound;
  const auto meeting = Meeting::AtPortOf(socket->get());
  if (!meeting.ok()) return meeting.status();
  SocketOpening opening = [socket = *std::move(socket), meeting = *meeting]() mutable {
    return Meet(std::move(socket), meeting, kFamily);
  };
  Hosted hosted;
  hosted.channel = std::make_unique<RecordSocketChannel>(kKind<kFamily>, std::move(opening),
                                                         static_cast<size_t>(spec.message_bytes));
  hosted.offer.bytes = meeting->ToOffer();
  return hosted;
}

// The nonce waits in the host's buffer, which is empty: it cannot be lost.
template <int kFamily>
absl::StatusOr<std::unique_ptr<Channel>> Join(const ChannelSpec& spec, ChannelOffer offer) {
  const auto meeting = Meeting::FromOffer(kKind<kFamily>.id, offer.bytes);
  if (!meeting.ok()) return meeting.status();
  auto socket = MakeSocket(kFamily, kKind<kFamily>.id, spec);
  if (!socket.ok()) return socket.status();
  const absl::Status connected = LoopbackAddress(kFamily, meeting->port).Connect(socket->get());
  if (!connected.ok()) return connected;
  const std::string_view nonce = meeting->nonce_bytes();
  if (::send(socket->get(), nonce.data(), nonce.size(), 0) < 0) return ErrnoStatus("send", "nonce");
  return std::make_unique<RecordSocketChannel>(kKind<kFamily>, *std::move(socket),
                                               static_cast<size_t>(spec.message_bytes));
}

template <int kFamily>
Probe ProbeUdp() {
  Probe probe;
  probe.unavailable_reason = WhyNoLoopback(kFamily, SOCK_DGRAM);
  probe.max_message_bytes = kFamily == AF_INET6 ? kMost6 : kMost;
  AddBufferOptions(probe, "Bytes that wait at the receiver before more is lost (SO_RCVBUF)");
  if (const auto bytes = ReadSysctl("net/core/rmem_default")) {
    probe.limits.push_back(MakeLimit("receive buffer unless asked for, as the kernel counts, bytes",
                                     *bytes, "net.core.rmem_default"));
  }
  return probe;
}

constexpr std::array<std::string_view, 2> kViews = {
    "ss -unapm: queues and buffers",
    "nstat -az UdpRcvbufErrors: what did not fit into a receiver's buffer"};
constexpr std::array<std::string_view, 5> kHazards = {
    "What does not fit into the receiver's buffer is dropped without a word to either end.",
    "The kernel charges a datagram's whole memory to the buffer: some 700 bytes for a message of "
    "one byte.",
    "Over a network datagrams also come late, twice, or in another order: number them.",
    "A receiver is not told that its sender died; a sender is, by ECONNREFUSED, at its next call.",
    "Any local user may send to a port of the loopback interface: connect the socket, or check who "
    "sent."};

template <int kFamily>
constexpr Mechanism MakeMechanism(std::string_view summary) {
  return {.id = kKind<kFamily>.id,
          .family = v1::Mechanism::MESSAGE,
          .summary = summary,
          .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
                    .interface = v1::Mechanism::BSD,
                    .direction = v1::Mechanism::TWO_WAYS,
                    .scope = v1::Mechanism::NETWORK,
                    .persistence = v1::Mechanism::PROCESS,
                    .peer_loss = v1::Mechanism::UNNOTICED,
                    .keeps_borders = true,
                    .lossy = true,
                    .ordering = "as sent over the loopback interface; none over a network",
                    .access = "every process that can reach the port; here any of this host"},
          .patterns = kDataPatterns,
          .hazards = kHazards,
          .kernel_views = kViews,
          .name_kinds = {},
          .loopback = false,
          .probe = ProbeUdp<kFamily>,
          .host = Host<kFamily>,
          .join = Join<kFamily>};
}

}  // namespace

extern constinit const Mechanism kUdp =
    MakeMechanism<AF_INET>("UDP datagrams over the loopback interface, 127.0.0.1");
extern constinit const Mechanism kUdp6 =
    MakeMechanism<AF_INET6>("UDP datagrams over the loopback interface, ::1");

}  // namespace ipclab
