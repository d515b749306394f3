// unix_stream, unix_dgram, unix_seqpacket: Unix sockets, of a pair, by path or by abstract name.

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/mechanisms/socket_buffers.h"
#include "worker/mechanisms/socket_bytes.h"
#include "worker/mechanisms/socket_records.h"
#include "worker/mechanisms/socket_unix_address.h"
#include "worker/option.h"

namespace ipclab {
namespace {

constexpr int kBacklog = 8;
constexpr int64_t kRecordOverhead = 32;  // af_unix.c: of the send buffer, per record
// A record lies in one piece of kernel memory, but for its last pages: the largest piece there is.
constexpr int64_t kLargestPiece = int64_t{4} << 20;

constexpr ByteSocketKind kStreamKind = {.id = "unix_stream", .prefix = false, .is_tcp = false};
constexpr RecordSocketKind kDatagramKind = {
    .id = "unix_dgram", .tells_of_end = false, .skips_foreign = false, .counts_what_waits = false};
constexpr RecordSocketKind kPacketKind = {.id = "unix_seqpacket",
                                          .tells_of_end = true,
                                          .skips_foreign = false,
                                          .counts_what_waits = true};

constexpr std::string_view IdOf(int type) {
  return type == SOCK_STREAM  ? kStreamKind.id
         : type == SOCK_DGRAM ? kDatagramKind.id
                              : kPacketKind.id;
}

// From: a UniqueFd or a SocketOpening.
template <int kType, typename From>
std::unique_ptr<Channel> MakeChannel(From from, const ChannelSpec& spec) {
  const size_t bytes = static_cast<size_t>(spec.message_bytes);
  if constexpr (kType == SOCK_STREAM) {
    return std::make_unique<ByteSocketChannel>(kStreamKind, std::move(from), bytes);
  } else {
    return std::make_unique<RecordSocketChannel>(kType == SOCK_DGRAM ? kDatagramKind : kPacketKind,
                                                 std::move(from), bytes);
  }
}

absl::Status SizeBuffers(int fd, int type, const ChannelSpec& spec) {
  absl::Status status = SetBuffers(fd, IdOf(type), spec);
  if (status.ok() && type != SOCK_STREAM) {
    status = MakeRoomForRecord(fd, IdOf(type), spec, kRecordOverhead);
  }
  return status;
}

absl::StatusOr<UniqueFd> MakeSocket(int type, const ChannelSpec& spec) {
  UniqueFd made(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  if (!made) return ErrnoStatus("socket", IdOf(type));
  if (absl::Status sized = SizeBuffers(made.get(), type, spec); !sized.ok()) return sized;
  return made;
}

absl::StatusOr<UnixAddress> AddressOf(int type, const ChannelSpec& spec, size_t name) {
  if (spec.names.size() <= name) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(IdOf(type)), ": no name for its address"));
  }
  return UnixAddress::Make(IdOf(type), spec.names[name].name(),
                           spec.Option("address") == "abstract");
}

// Abstract names have no mode: who connected is looked at.
absl::StatusOr<bool> IsOfOurUser(int connection) {
  ucred peer = {};
  socklen_t size = sizeof peer;
  if (::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return ErrnoStatus("getsockopt SO_PEERCRED");
  }
  return peer.uid == ::geteuid();
}

template <int kType>
absl::StatusOr<Hosted> HostPair(const ChannelSpec& spec) {
  int fds[2];
  if (::socketpair(AF_UNIX, kType | SOCK_CLOEXEC, 0, fds) != 0) {
    return ErrnoStatus("socketpair", IdOf(kType));
  }
  UniqueFd mine(fds[0]);
  UniqueFd theirs(fds[1]);
  for (const int fd : fds) {
    if (absl::Status sized = SizeBuffers(fd, kType, spec); !sized.ok()) return sized;
  }
  Hosted hosted;
  hosted.channel = MakeChannel<kType>(std::move(mine), spec);
  hosted.offer.descriptors.push_back(std::move(theirs));
  return hosted;
}

// The listener and the name are gone as soon as the other end is there.
template <int kType>
SocketOpening Accepting(UniqueFd listener, UnixAddress address, const ChannelSpec& spec) {
  return [listener = std::move(listener), address = std::move(address), spec] {
    auto accepted = AcceptPeer(listener.get(), IsOfOurUser);
    address.Unlink();
    if (accepted.ok()) {  // Unlike TCP's, it has not its listener's buffers.
      absl::Status sized = SizeBuffers(accepted->get(), kType, spec);
      if (!sized.ok()) accepted = std::move(sized);
    }
    return accepted;
  };
}

// A datagram socket has nothing to accept: each end has a name, and connects to the other one's.
// What others sent to it before that stays in its queue: a path lies in a folder that they cannot
// enter, but an abstract name is anybody's.
SocketOpening ConnectingBack(UniqueFd socket, UnixAddress mine, UnixAddress theirs) {
  return [socket = std::move(socket), mine = std::move(mine),
          theirs = std::move(theirs)]() mutable -> absl::StatusOr<UniqueFd> {
    const absl::Status connected = theirs.Connect(socket.get());
    mine.Unlink();
    theirs.Unlink();
    if (!connected.ok()) return connected;
    return std::move(socket);
  };
}

template <int kType>
absl::StatusOr<Hosted> Host(const ChannelSpec& spec) {
  if (spec.Option("address") == "socketpair") return HostPair<kType>(spec);
  auto address = AddressOf(kType, spec, 0);
  if (!address.ok()) return address.status();
  auto socket = MakeSocket(kType, spec);
  if (!socket.ok()) return socket.status();
  if (absl::Status bound = address->Bind(socket->get()); !bound.ok()) return bound;
  Hosted hosted;
  if constexpr (kType == SOCK_DGRAM) {
    auto theirs = AddressOf(kType, spec, 1);
    if (!theirs.ok()) return theirs.status();
    hosted.channel = MakeChannel<kType>(
        ConnectingBack(*std::move(socket), *std::move(address), *std::move(theirs)), spec);
  } else {
    if (::listen(socket->get(), kBacklog) != 0) return ErrnoStatus("listen", IdOf(kType));
    hosted.channel =
        MakeChannel<kType>(Accepting<kType>(*std::move(socket), *std::move(address), spec), spec);
  }
  return hosted;
}

template <int kType>
absl::StatusOr<std::unique_ptr<Channel>> Join(const ChannelSpec& spec, ChannelOffer offer) {
  const bool pair = spec.Option("address") == "socketpair";
  if (offer.descriptors.size() != (pair ? 1 : 0)) {
    return absl::InvalidArgumentError(absl::StrCat(std::string(IdOf(kType)), ": the offer has ",
                                                   offer.descriptors.size(), " descriptors"));
  }
  if (pair) return MakeChannel<kType>(std::move(offer.descriptors.front()), spec);
  auto address = AddressOf(kType, spec, 0);
  if (!address.ok()) return address.status();
  auto socket = MakeSocket(kType, spec);
  if (!socket.ok()) return socket.status();
  if constexpr (kType == SOCK_DGRAM) {
    const auto mine = AddressOf(kType, spec, 1);
    if (!mine.ok()) return mine.status();
    if (absl::Status bound = mine->Bind(socket->get()); !bound.ok()) return bound;
  }
  if (absl::Status connected = address->Connect(socket->get()); !connected.ok()) return connected;
  return MakeChannel<kType>(*std::move(socket), spec);
}

template <int kType>
Probe ProbeUnix() {
  Probe probe;
  if (!UniqueFd(::socket(AF_UNIX, kType | SOCK_CLOEXEC, 0))) {
    probe.unavailable_reason =
        absl::StrCat(std::string(ErrnoStatus("socket", IdOf(kType)).message()),
                     "; the kernel needs CONFIG_UNIX, and the sandbox to allow it");
  }
  probe.options.push_back(ChoiceOption(
      "address", {"socketpair", "path", "abstract"},
      "How the ends meet: an unnamed pair, a socket file in the run folder, or a name without a "
      "file, which is Linux's own"));
  AddBufferOptions(probe,
                   "Bytes (SO_RCVBUF): without effect on a Unix socket of Linux, whose sender pays "
                   "for what waits");
  probe.limits.push_back(
      MakeLimit("bytes of an address (sun_path)", sizeof(sockaddr_un::sun_path), ""));
  if (kType != SOCK_STREAM) {
    probe.max_message_bytes = std::min(2 * MostSendBuffer() - kRecordOverhead, kLargestPiece);
    if (probe.max_message_bytes < kLargestPiece) probe.max_message_changed_by = "net.core.wmem_max";
  }
  if (kType == SOCK_DGRAM) {
    if (const auto queue = ReadSysctl("net/unix/max_dgram_qlen")) {
      probe.limits.push_back(
          MakeLimit("datagrams that wait at a receiver which is not connected to their sender",
                    *queue, "net.unix.max_dgram_qlen"));
    }
  }
  return probe;
}

constexpr std::array kOneName = {internal::IpcName::FILE};
constexpr std::array kTwoNames = {internal::IpcName::FILE, internal::IpcName::FILE};

constexpr std::string_view kLeftover =
    "The file of a socket outlives its process: bind then fails with EADDRINUSE until it is "
    "unlinked.";
constexpr std::string_view kAbstract =
    "An abstract name has no permissions: any user of the network namespace may connect; check "
    "SO_PEERCRED.";
constexpr std::array<std::string_view, 2> kViews = {
    "ss -xpm: queues, buffers and the peer's number", "cat /proc/net/unix"};
constexpr std::array<std::string_view, 4> kStreamHazards = {
    "It carries bytes without borders: one send may take several receives, and several sends one.",
    "Sending after the other end is gone raises SIGPIPE, which kills; pass MSG_NOSIGNAL.",
    kLeftover, kAbstract};
constexpr std::array<std::string_view, 5> kDatagramHazards = {
    "Nothing is lost on Linux: a sender waits. Between sockets connected to each other, as here, "
    "SO_SNDBUF is what it waits for; otherwise max_dgram_qlen datagrams, and one more, may be "
    "unread.",
    "A receiver is not told that its sender died; only a sender is, by ECONNREFUSED.",
    "A datagram longer than the receiver's buffer is cut without an error; see MSG_TRUNC.",
    kLeftover, kAbstract};
constexpr std::array<std::string_view, 4> kPacketHazards = {
    "An empty record cannot be told from the end of the connection.",
    "A record longer than the receiver's buffer is cut without an error; see MSG_TRUNC.", kLeftover,
    kAbstract};

constexpr Facts MakeFacts(bool keeps_borders, v1::Mechanism::PeerLoss peer_loss) {
  return {.model = v1::Mechanism::MESSAGE_PASSING,
          .interface = v1::Mechanism::BSD,
          .direction = v1::Mechanism::TWO_WAYS,
          .scope = v1::Mechanism::SAME_HOST,
          .persistence = v1::Mechanism::PROCESS,
          .peer_loss = peer_loss,
          .keeps_borders = keeps_borders,
          .access =
              "a pair: whoever gets the descriptors; a path: whoever may write to its file; "
              "an abstract name: every user of the network namespace"};
}

}  // namespace

extern constinit const Mechanism kUnixStream = {
    .id = kStreamKind.id,
    .family = v1::Mechanism::STREAM,
    .summary = "Unix stream socket: bytes both ways between processes of one host",
    .facts = MakeFacts(false, v1::Mechanism::NOTICED),
    .patterns = kDataPatterns,
    .hazards = kStreamHazards,
    .kernel_views = kViews,
    .name_kinds = kOneName,
    .loopback = false,
    .probe = ProbeUnix<SOCK_STREAM>,
    .host = Host<SOCK_STREAM>,
    .join = Join<SOCK_STREAM>,
    .program = ChannelFacts("bytes by FIONREAD", kRecordBytes, SeenBy::kReceivers),
};

extern constinit const Mechanism kUnixDgram = {
    .id = kDatagramKind.id,
    .family = v1::Mechanism::MESSAGE,
    .summary = "Unix datagram socket: records without a connection, reliable and in order on Linux",
    .facts = MakeFacts(true, v1::Mechanism::UNNOTICED),
    .patterns = kDataPatterns,
    .hazards = kDatagramHazards,
    .kernel_views = kViews,
    .name_kinds = kTwoNames,
    .loopback = false,
    .probe = ProbeUnix<SOCK_DGRAM>,
    .host = Host<SOCK_DGRAM>,
    .join = Join<SOCK_DGRAM>,
    .program =
        UnseenChannelFacts("the kernel tells the size of the next datagram only", /*hops=*/false),
};

extern constinit const Mechanism kUnixSeqpacket = {
    .id = kPacketKind.id,
    .family = v1::Mechanism::MESSAGE,
    .summary = "Unix sequenced-packet socket: records in order over a connection",
    .facts = MakeFacts(true, v1::Mechanism::NOTICED),
    .patterns = kDataPatterns,
    .hazards = kPacketHazards,
    .kernel_views = kViews,
    .name_kinds = kOneName,
    .loopback = false,
    .probe = ProbeUnix<SOCK_SEQPACKET>,
    .host = Host<SOCK_SEQPACKET>,
    .join = Join<SOCK_SEQPACKET>,
    .program = ChannelFacts("records by FIONREAD", 1, SeenBy::kReceivers),
};

}  // namespace ipclab
