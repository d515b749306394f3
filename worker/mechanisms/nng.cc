// nng: two pair1 sockets of nanomsg-next-generation, connected over ipc:// in the run folder.

#include <algorithm>
#include <array>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/option.h"

#ifdef IPCLAB_HAS_NNG
#include <nng/nng.h>
#include <nng/protocol/pair1/pair.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/errno_status.h"
#include "common/run_file.h"
#include "worker/libraries/queue_memory.h"
#include "worker/libraries/shared_library.h"
#else
#include "worker/libraries/absent.h"
#endif

namespace ipclab {
namespace {

#ifdef IPCLAB_HAS_NNG

constexpr const char* kLibrary = "libnng.so.1";
constexpr int kConnectMilliseconds = 10'000;

// What is used of the library.
struct Nng {
  decltype(&::nng_pair1_open) pair1_open;
  decltype(&::nng_socket_set_int) socket_set_int;
  decltype(&::nng_socket_get_int) socket_get_int;
  decltype(&::nng_socket_set_size) socket_set_size;
  decltype(&::nng_pipe_notify) pipe_notify;
  decltype(&::nng_listen) listen;
  decltype(&::nng_dial) dial;
  decltype(&::nng_send) send;
  decltype(&::nng_recv) recv;
  decltype(&::nng_strerror) strerror;
  decltype(&::nng_fini) fini;
};

Nng nng;  // null until it is loaded

absl::Status LoadNng() {
  static const absl::Status status = [] {
    SharedLibrary library(kLibrary);
    library.Find("nng_pair1_open", nng.pair1_open);
    library.Find("nng_socket_set_int", nng.socket_set_int);
    library.Find("nng_socket_get_int", nng.socket_get_int);
    library.Find("nng_socket_set_size", nng.socket_set_size);
    library.Find("nng_pipe_notify", nng.pipe_notify);
    library.Find("nng_listen", nng.listen);
    library.Find("nng_dial", nng.dial);
    library.Find("nng_send", nng.send);
    library.Find("nng_recv", nng.recv);
    library.Find("nng_strerror", nng.strerror);
    library.Find("nng_fini", nng.fini);
    return library.status();
  }();
  return status;
}

absl::Status NngStatus(std::string_view act, std::string_view subject, int error) {
  return absl::InternalError(
      absl::StrCat(std::string(act), " ", std::string(subject), ": ", nng.strerror(error)));
}

// Its errors are numbers of its own.
int ErrnoOf(int error) {
  if ((error & NNG_ESYSERR) != 0) return error & ~NNG_ESYSERR;
  switch (error) {
    case NNG_ENOMEM:
      return ENOMEM;
    case NNG_EMSGSIZE:
      return EMSGSIZE;
    default:
      return EPROTO;
  }
}

class NngChannel final : public Channel {
 public:
  NngChannel() { ++alive_; }
  ~NngChannel() override {
    // Not closed one by one: with both ends in one process, nng 1.5's close may wait for ever for a
    // pipe that is never reaped. This ends all that the process has of it, threads too.
    if (--alive_ == 0) nng.fini();
  }

  absl::Status Open(const ChannelSpec& spec, bool hosts);

  // Listening ends before anybody has come; dialling does not.
  absl::Status Connect() override {
    if (!peer_came_) return absl::OkStatus();
    pollfd event = {peer_came_.get(), POLLIN, 0};
    int ready;
    while ((ready = ::poll(&event, 1, kConnectMilliseconds)) < 0 && errno == EINTR) {
    }
    if (ready < 0) return ErrnoStatus("poll", "nng");
    if (ready == 0) return absl::DeadlineExceededError("nng: nobody has connected");
    return absl::OkStatus();
  }

  IoStatus Send(std::span<const std::byte> message) override { return Give(message, 0); }
  IoStatus Receive(std::span<std::byte> message) override { return Take(message, 0); }
  IoStatus TrySend(std::span<const std::byte> message) override {
    return Give(message, NNG_FLAG_NONBLOCK);
  }
  IoStatus TryReceive(std::span<std::byte> message) override {
    return Take(message, NNG_FLAG_NONBLOCK);
  }

  int ReadableDescriptor() const override {
    int descriptor = -1;
    return nng.socket_get_int(socket_, NNG_OPT_RECVFD, &descriptor) == 0 ? descriptor : -1;
  }

  absl::StatusOr<int64_t> Depth() const override {
    return absl::UnimplementedError("nng: the library does not tell how many messages wait");
  }

 private:
  // On one of the library's threads.
  static void Came(nng_pipe, nng_pipe_ev, void* self) {
    ::eventfd_write(static_cast<NngChannel*>(self)->peer_came_.get(), 1);
  }

  IoStatus Give(std::span<const std::byte> message, int flags) {
    // It copies from there, and takes no pointer to const.
    const int error =
        nng.send(socket_, const_cast<std::byte*>(message.data()), message.size(), flags);
    return error == 0 ? IoStatus::kOk : Outcome(error);
  }

  IoStatus Take(std::span<std::byte> message, int flags) {
    size_t bytes = message.size();
    if (const int error = nng.recv(socket_, message.data(), &bytes, flags); error != 0) {
      return Outcome(error);
    }
    return bytes == message.size() ? IoStatus::kOk : Fail(EBADMSG);
  }

  IoStatus Outcome(int error) {
    if (error == NNG_EAGAIN) return IoStatus::kWouldBlock;
    return error == NNG_ECLOSED ? IoStatus::kPeerClosed : Fail(ErrnoOf(error));
  }

  static inline int alive_ = 0;
  UniqueFd peer_came_;  // at the listening end
  nng_socket socket_ = NNG_SOCKET_INITIALIZER;
};

absl::Status NngChannel::Open(const ChannelSpec& spec, bool hosts) {
  const int64_t buffer = std::max<int64_t>(spec.IntegerOption("buffer"), spec.records);
  if (auto status = CheckQueueMemory("buffer", 2 * (buffer + 1), spec.message_bytes);
      !status.ok()) {
    return status;
  }
  if (const int error = nng.pair1_open(&socket_); error != 0) {
    return NngStatus("nng_pair1_open", "", error);
  }
  for (const char* const option : {NNG_OPT_SENDBUF, NNG_OPT_RECVBUF}) {
    if (const int error = nng.socket_set_int(socket_, option, static_cast<int>(buffer));
        error != 0) {
      return NngStatus("nng_socket_set_int", option, error);
    }
  }
  // No limit: by default the connection is cut at a message of more than 1 MiB.
  if (const int error = nng.socket_set_size(socket_, NNG_OPT_RECVMAXSZ, 0); error != 0) {
    return NngStatus("nng_socket_set_size", NNG_OPT_RECVMAXSZ, error);
  }
  const std::string address = absl::StrCat("ipc://", spec.names.at(0).name());
  if (!hosts) {
    const int error = nng.dial(socket_, address.c_str(), nullptr, 0);
    return error == 0 ? absl::OkStatus() : NngStatus("nng_dial", address, error);
  }
  if (auto status = MakeFolderOf(spec.names.at(0).name()); !status.ok()) return status;
  peer_came_.Reset(::eventfd(0, EFD_CLOEXEC));
  if (!peer_came_) return ErrnoStatus("eventfd");
  if (const int error = nng.pipe_notify(socket_, NNG_PIPE_EV_ADD_POST, Came, this); error != 0) {
    return NngStatus("nng_pipe_notify", "", error);
  }
  const int error = nng.listen(socket_, address.c_str(), nullptr, 0);
  return error == 0 ? absl::OkStatus() : NngStatus("nng_listen", address, error);
}

absl::StatusOr<std::unique_ptr<Channel>> OpenNng(const ChannelSpec& spec, bool hosts) {
  if (auto status = LoadNng(); !status.ok()) return status;
  auto channel = std::make_unique<NngChannel>();
  if (auto status = channel->Open(spec, hosts); !status.ok()) return status;
  return channel;
}

absl::StatusOr<Hosted> HostNng(const ChannelSpec& spec) {
  auto channel = OpenNng(spec, /*hosts=*/true);
  if (!channel.ok()) return channel.status();
  return Hosted{*std::move(channel), {}};
}

absl::StatusOr<std::unique_ptr<Channel>> JoinNng(const ChannelSpec& spec, ChannelOffer) {
  return OpenNng(spec, /*hosts=*/false);
}

std::string WhyNoNng() {
  const absl::Status status = TryInChild(LoadNng);
  return status.ok() ? "" : absl::StrCat(std::string(status.message()), "; install libnng1");
}

#else

constexpr auto HostNng = HostAbsent;
constexpr auto JoinNng = JoinAbsent;
std::string WhyNoNng() { return "built without nng; install libnng-dev and build again"; }

#endif

Probe ProbeNng() {
  Probe probe;
  probe.unavailable_reason = WhyNoNng();
  probe.options.push_back(IntegerOption(
      "buffer", 64, 0, 8192,
      "Messages that each end queues in its memory before it holds back (NNG_OPT_SENDBUF, "
      "NNG_OPT_RECVBUF)"));
  return probe;
}

constexpr std::array kNames = {internal::IpcName::FILE};
constexpr std::array<std::string_view, 2> kViews = {"ss -xp: the sockets beneath it",
                                                    "lsof -a -p PID -U"};
constexpr std::array<std::string_view, 5> kHazards = {
    "The library's threads, several per CPU, carry every message: each costs wake-ups that a bare "
    "socket does not have.",
    "Send returns when the message is queued in this process, not when it is under way; what is "
    "queued dies with the process, and at close.",
    "A peer that dies is no error: send and receive wait for another one; only a pipe callback "
    "(nng_pipe_notify) tells.",
    "A message above the receiver's NNG_OPT_RECVMAXSZ, 1 MiB by default and with the library's own "
    "header, cuts the connection without a word to the sender.",
    "Its threads do not survive a fork: open sockets after it."};

}  // namespace

extern constinit const Mechanism kNng = {
    .id = "nng",
    .family = v1::Mechanism::MESSAGE,
    .summary = "nng: two pair1 sockets over ipc://, a Unix socket with a library's threads",
    .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
              .interface = v1::Mechanism::LIBRARY,
              .direction = v1::Mechanism::TWO_WAYS,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .keeps_borders = true,
              .access = "who may write to the socket's file; here: the same user"},
    .patterns = kDataPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = kNames,
    .loopback = false,
    .probe = ProbeNng,
    .host = HostNng,
    .join = JoinNng,
    .program =
        UnseenChannelFacts("the library does not tell how many messages wait", /*hops=*/true),
};

}  // namespace ipclab
