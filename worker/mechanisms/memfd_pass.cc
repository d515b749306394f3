// memfd_pass: every message is a file in memory of its own, sealed and handed over by its
// descriptor through a Unix socket. What crosses is one descriptor, however large the message.

#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/mechanisms/socket_buffers.h"

namespace ipclab {
namespace {

constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;

// The bytes of a control message with one descriptor.
union Control {
  char bytes[CMSG_SPACE(sizeof(int))];
  cmsghdr align;
};

// A sealed file with the message. write takes the memory that it fills, and says so when there is
// none: nobody can be hurt by SIGBUS. -1 with errno when it cannot be made.
UniqueFd MakeSealed(std::span<const std::byte> message) {
  UniqueFd file(::memfd_create("ipclab-message", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file) return file;
  while (!message.empty()) {
    const ssize_t written = ::write(file.get(), message.data(), message.size());
    if (written > 0) {
      message = message.subspan(static_cast<size_t>(written));
    } else if (written == 0 || errno != EINTR) {
      if (written == 0) errno = ENOSPC;
      return UniqueFd();
    }
  }
  if (::fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) return UniqueFd();
  return file;
}

// Sends one byte, which carries the descriptor. The result of sendmsg.
ssize_t Pass(int socket, int file, int flags) {
  char byte = 0;
  iovec data = {&byte, 1};
  Control control = {};
  msghdr header = {};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  header.msg_control = control.bytes;
  header.msg_controllen = sizeof control.bytes;
  cmsghdr* const rights = CMSG_FIRSTHDR(&header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof file);
  std::memcpy(CMSG_DATA(rights), &file, sizeof file);
  return ::sendmsg(socket, &header, MSG_NOSIGNAL | flags);
}

// Takes the next descriptor into file. The result of recvmsg.
ssize_t Take(int socket, int flags, UniqueFd& file) {
  char byte;
  iovec data = {&byte, 1};
  Control control = {};
  msghdr header = {};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  header.msg_control = control.bytes;
  header.msg_controllen = sizeof control.bytes;
  const ssize_t got = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC | flags);
  const cmsghdr* const rights = got > 0 ? CMSG_FIRSTHDR(&header) : nullptr;
  if (rights != nullptr && rights->cmsg_type == SCM_RIGHTS) {
    int descriptor;
    std::memcpy(&descriptor, CMSG_DATA(rights), sizeof descriptor);
    file.Reset(descriptor);
  }
  return got;
}

// Copies out what the file holds. 0 or errno. Looks first whether it may be trusted: a file that
// can shrink is SIGBUS for who maps it, one that can be written to may change while it is read.
int CopyOut(const UniqueFd& file, std::span<std::byte> message) {
  struct stat status;
  if ((::fcntl(file.get(), F_GET_SEALS) & kSeals) != kSeals) return EPERM;
  if (::fstat(file.get(), &status) != 0) return errno;
  if (status.st_size != static_cast<off_t>(message.size())) return EBADMSG;
  void* const pages = ::mmap(nullptr, message.size(), PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (pages == MAP_FAILED) return errno;
  std::memcpy(message.data(), pages, message.size());
  ::munmap(pages, message.size());
  return 0;
}

bool IsGone(int error) { return error == EPIPE || error == ECONNRESET; }

class PassChannel final : public Channel {
 public:
  explicit PassChannel(UniqueFd socket) : socket_(std::move(socket)) {}

  IoStatus Send(std::span<const std::byte> message) override {
    const UniqueFd file = MakeSealed(message);
    if (!file) return Fail(errno);
    while (Pass(socket_.get(), file.get(), 0) < 0) {
      if (errno != EINTR) return IsGone(errno) ? IoStatus::kPeerClosed : Fail(errno);
    }
    return IoStatus::kOk;
  }

  IoStatus Receive(std::span<std::byte> message) override { return TakeNext(message, 0); }
  IoStatus TryReceive(std::span<std::byte> message) override {
    return TakeNext(message, MSG_DONTWAIT);
  }

  // Room is looked for first, so that no file is made in vain.
  IoStatus TrySend(std::span<const std::byte> message) override {
    pollfd room{socket_.get(), POLLOUT, 0};
    if (::poll(&room, 1, 0) < 0) return Fail(errno);
    if ((room.revents & (POLLERR | POLLHUP)) != 0) return IoStatus::kPeerClosed;
    if ((room.revents & POLLOUT) == 0) return IoStatus::kWouldBlock;
    const UniqueFd file = MakeSealed(message);
    if (!file) return Fail(errno);
    if (Pass(socket_.get(), file.get(), MSG_DONTWAIT) > 0) return IoStatus::kOk;
    if (errno == EAGAIN || errno == EINTR) return IoStatus::kWouldBlock;
    return IsGone(errno) ? IoStatus::kPeerClosed : Fail(errno);
  }

  int ReadableDescriptor() const override { return socket_.get(); }

  // A byte a message.
  absl::StatusOr<int64_t> Depth() const override {
    int bytes = 0;
    if (::ioctl(socket_.get(), SIOCINQ, &bytes) != 0) return ErrnoStatus("ioctl SIOCINQ");
    return bytes;
  }

 private:
  IoStatus TakeNext(std::span<std::byte> message, int flags) {
    UniqueFd file;
    ssize_t got;
    while ((got = Take(socket_.get(), flags, file)) < 0 && errno == EINTR) {
    }
    if (got == 0 || (got < 0 && IsGone(errno))) return IoStatus::kPeerClosed;
    if (got < 0) return errno == EAGAIN ? IoStatus::kWouldBlock : Fail(errno);
    if (!file) return Fail(EMFILE);  // The kernel drops a descriptor that there is no room for.
    const int error = CopyOut(file, message);
    return error == 0 ? IoStatus::kOk : Fail(error);
  }

  UniqueFd socket_;
};

Probe ProbeMemfdPass() {
  Probe probe;
  const std::byte byte{1};
  if (const UniqueFd file = MakeSealed({&byte, 1}); !file) {
    const int error = errno;
    probe.unavailable_reason = absl::StrCat(
        std::string(ErrnoStatus("memfd_create", "sealed", error).message()),
        error == EACCES || error == EPERM ? "; sysctl vm.memfd_noexec must be below 2, and no "
                                            "sandbox may forbid memfd_create"
                                          : "; it needs a kernel with CONFIG_MEMFD_CREATE");
  }
  rlimit files = {};
  ::getrlimit(RLIMIT_NOFILE, &files);
  probe.limits.push_back(
      MakeLimit("descriptors of a process, and of a user in flight (RLIMIT_NOFILE)",
                static_cast<int64_t>(files.rlim_cur), "ulimit -n; systemd: LimitNOFILE="));
  return probe;
}

// What was sent and not taken holds memory, a whole message each. The kernel's least for a send
// buffer lets in a handful; more would only be in the way.
absl::Status LetInFew(int socket) {
  const int least = 1;
  if (::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &least, sizeof least) == 0) {
    return absl::OkStatus();
  }
  return ErrnoStatus("setsockopt", "SO_SNDBUF");
}

absl::StatusOr<Hosted> HostMemfdPass(const ChannelSpec& spec) {
  int sockets[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
    return ErrnoStatus("socketpair");
  }
  UniqueFd here(sockets[0]);
  UniqueFd there(sockets[1]);
  for (const int socket : sockets) {
    absl::Status status = LetInFew(socket);
    if (status.ok() && spec.records > 0) {
      status = MakeRoomForRecords(socket, "memfd_pass", spec.records);
    }
    if (!status.ok()) return status;
  }
  Hosted hosted{std::make_unique<PassChannel>(std::move(here)), {}};
  hosted.offer.descriptors.push_back(std::move(there));
  return hosted;
}

absl::StatusOr<std::unique_ptr<Channel>> JoinMemfdPass(const ChannelSpec&, ChannelOffer offer) {
  if (offer.descriptors.size() != 1) {
    return absl::InvalidArgumentError("memfd_pass: the offer has no socket");
  }
  return std::make_unique<PassChannel>(std::move(offer.descriptors.front()));
}

constexpr std::array<std::string_view, 2> kViews = {"ls -l /proc/PID/fd: the memory file under way",
                                                    "ss -xpm: the socket that hands it over"};
constexpr std::array<std::string_view, 6> kHazards = {
    "Eleven system calls, a file and fresh pages per message: worth it for large ones that are "
    "used in place; a pipe is faster for small ones, and where a message is copied anyway.",
    "Look at the seals before mapping: a file that its sender may shrink is SIGBUS for its reader, "
    "and one without F_SEAL_WRITE may change under it.",
    "F_SEAL_WRITE fails with EBUSY while anybody has the file mapped for writing.",
    "A descriptor on its way counts: ETOOMANYREFS above RLIMIT_NOFILE, and its memory is nobody's "
    "until it is taken.",
    "Who receives without room for a descriptor loses it silently: MSG_CTRUNC is all that tells.",
    "The receiver pays for faulting in each page: here it also copies the message out, which a "
    "program that works in place would spare."};

}  // namespace

extern constinit const Mechanism kMemfdPass = {
    .id = "memfd_pass",
    .family = v1::Mechanism::MESSAGE,
    .summary = "A sealed file in memory per message, its descriptor passed over a Unix socket",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::LINUX,
              .direction = v1::Mechanism::TWO_WAYS,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::NOTICED,
              .keeps_borders = true,
              .access = "whoever has the other end of the socket"},
    .patterns = kDataPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = {},
    .loopback = false,
    .probe = ProbeMemfdPass,
    .host = HostMemfdPass,
    .join = JoinMemfdPass,
    .program = ChannelFacts("records by SIOCINQ", 1, SeenBy::kReceivers),
};

}  // namespace ipclab
