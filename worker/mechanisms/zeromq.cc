// zeromq: two PAIR sockets of libzmq, connected over ipc:// in the run folder.

#include <algorithm>
#include <array>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/option.h"

#ifdef IPCLAB_HAS_ZEROMQ
#include <zmq.h>

#include "common/errno_status.h"
#include "common/run_file.h"
#include "worker/libraries/queue_memory.h"
#include "worker/libraries/shared_library.h"
#else
#include "worker/libraries/absent.h"
#endif

namespace ipclab {
namespace {

#ifdef IPCLAB_HAS_ZEROMQ

constexpr const char* kLibrary = "libzmq.so.5";
constexpr long kConnectMilliseconds = 10'000;

// What is used of the library.
struct Zmq {
  decltype(&::zmq_ctx_new) ctx_new;
  decltype(&::zmq_ctx_term) ctx_term;
  decltype(&::zmq_socket) socket;
  decltype(&::zmq_setsockopt) setsockopt;
  decltype(&::zmq_getsockopt) getsockopt;
  decltype(&::zmq_bind) bind;
  decltype(&::zmq_connect) connect;
  decltype(&::zmq_close) close;
  decltype(&::zmq_send) send;
  decltype(&::zmq_recv) recv;
  decltype(&::zmq_poll) poll;
  decltype(&::zmq_strerror) strerror;
};

Zmq zmq;  // null until it is loaded

absl::Status LoadZmq() {
  static const absl::Status status = [] {
    SharedLibrary library(kLibrary);
    library.Find("zmq_ctx_new", zmq.ctx_new);
    library.Find("zmq_ctx_term", zmq.ctx_term);
    library.Find("zmq_socket", zmq.socket);
    library.Find("zmq_setsockopt", zmq.setsockopt);
    library.Find("zmq_getsockopt", zmq.getsockopt);
    library.Find("zmq_bind", zmq.bind);
    library.Find("zmq_connect", zmq.connect);
    library.Find("zmq_close", zmq.close);
    library.Find("zmq_send", zmq.send);
    library.Find("zmq_recv", zmq.recv);
    library.Find("zmq_poll", zmq.poll);
    library.Find("zmq_strerror", zmq.strerror);
    return library.status();
  }();
  return status;
}

// Its errors beyond errno's have words of their own.
absl::Status ZmqStatus(std::string_view act, std::string_view subject) {
  const int error = errno;
  if (error < ZMQ_HAUSNUMERO) return ErrnoStatus(act, subject, error);
  return absl::InternalError(
      absl::StrCat(std::string(act), " ", std::string(subject), ": ", zmq.strerror(error)));
}

class ZmqChannel final : public Channel {
 public:
  explicit ZmqChannel(bool hosts) : hosts_(hosts) {}
  ~ZmqChannel() override {
    if (socket_ != nullptr) zmq.close(socket_);
    while (context_ != nullptr && zmq.ctx_term(context_) != 0 && errno == EINTR) {
    }
  }

  absl::Status Open(const ChannelSpec& spec) {
    const int64_t high_water_mark =
        std::max<int64_t>(spec.IntegerOption("high_water_mark"), spec.records);
    if (auto status = CheckQueueMemory("high_water_mark", 2 * high_water_mark, spec.message_bytes);
        !status.ok()) {
      return status;
    }
    context_ = zmq.ctx_new();
    if (context_ == nullptr) return ZmqStatus("zmq_ctx_new", "");
    socket_ = zmq.socket(context_, ZMQ_PAIR);
    if (socket_ == nullptr) return ZmqStatus("zmq_socket", "PAIR");
    for (const auto& [option, value] : {std::pair{ZMQ_LINGER, 0},
                                        {ZMQ_SNDHWM, static_cast<int>(high_water_mark)},
                                        {ZMQ_RCVHWM, static_cast<int>(high_water_mark)}}) {
      if (zmq.setsockopt(socket_, option, &value, sizeof value) != 0) {
        return ZmqStatus("zmq_setsockopt", absl::StrCat(option));
      }
    }
    const std::string address = absl::StrCat("ipc://", spec.names.at(0).name());
    if (hosts_) {
      if (auto status = MakeFolderOf(spec.names.at(0).name()); !status.ok()) return status;
      if (zmq.bind(socket_, address.c_str()) != 0) return ZmqStatus("zmq_bind", address);
    } else if (zmq.connect(socket_, address.c_str()) != 0) {
      return ZmqStatus("zmq_connect", address);
    }
    return absl::OkStatus();
  }

  // A bound PAIR has no place for messages before the other one has come.
  absl::Status Connect() override {
    if (!hosts_) return absl::OkStatus();
    zmq_pollitem_t room = {socket_, -1, ZMQ_POLLOUT, 0};
    int ready;
    while ((ready = zmq.poll(&room, 1, kConnectMilliseconds)) < 0 && errno == EINTR) {
    }
    if (ready < 0) return ZmqStatus("zmq_poll", "");
    if (ready == 0) return absl::DeadlineExceededError("zmq_poll: nobody has connected");
    return absl::OkStatus();
  }

  IoStatus Send(std::span<const std::byte> message) override { return Give(message, 0); }
  IoStatus Receive(std::span<std::byte> message) override { return Take(message, 0); }
  IoStatus TrySend(std::span<const std::byte> message) override {
    return Give(message, ZMQ_DONTWAIT);
  }
  IoStatus TryReceive(std::span<std::byte> message) override { return Take(message, ZMQ_DONTWAIT); }

  // Readable when there is news of any kind, until that is looked at.
  int ReadableDescriptor() const override {
    int descriptor = -1;
    size_t size = sizeof descriptor;
    return zmq.getsockopt(socket_, ZMQ_FD, &descriptor, &size) == 0 ? descriptor : -1;
  }

  absl::StatusOr<int64_t> Depth() const override {
    return absl::UnimplementedError("zeromq: libzmq does not tell how many messages wait");
  }

 private:
  IoStatus Give(std::span<const std::byte> message, int flags) {
    while (zmq.send(socket_, message.data(), message.size(), flags) < 0) {
      if (errno == EAGAIN) return IoStatus::kWouldBlock;
      if (errno != EINTR) return Fail(errno);
    }
    return IoStatus::kOk;
  }

  IoStatus Take(std::span<std::byte> message, int flags) {
    int got;
    while ((got = zmq.recv(socket_, message.data(), message.size(), flags)) < 0) {
      if (errno == EAGAIN) return IoStatus::kWouldBlock;
      if (errno != EINTR) return Fail(errno);
    }
    return got == static_cast<int>(message.size()) ? IoStatus::kOk : Fail(EBADMSG);
  }

  const bool hosts_;
  void* context_ = nullptr;
  void* socket_ = nullptr;
};

absl::StatusOr<std::unique_ptr<Channel>> OpenZmq(const ChannelSpec& spec, bool hosts) {
  if (auto status = LoadZmq(); !status.ok()) return status;
  auto channel = std::make_unique<ZmqChannel>(hosts);
  if (auto status = channel->Open(spec); !status.ok()) return status;
  return channel;
}

absl::StatusOr<Hosted> HostZmq(const ChannelSpec& spec) {
  auto channel = OpenZmq(spec, /*hosts=*/true);
  if (!channel.ok()) return channel.status();
  return Hosted{*std::move(channel), {}};
}

absl::StatusOr<std::unique_ptr<Channel>> JoinZmq(const ChannelSpec& spec, ChannelOffer) {
  return OpenZmq(spec, /*hosts=*/false);
}

std::string WhyNoZmq() {
  const absl::Status status = TryInChild(LoadZmq);
  return status.ok() ? "" : absl::StrCat(std::string(status.message()), "; install libzmq5");
}

#else

constexpr auto HostZmq = HostAbsent;
constexpr auto JoinZmq = JoinAbsent;
std::string WhyNoZmq() { return "built without libzmq; install libzmq3-dev and build again"; }

#endif

Probe ProbeZmq() {
  Probe probe;
  probe.unavailable_reason = WhyNoZmq();
  probe.options.push_back(IntegerOption(
      "high_water_mark", 64, 1, 1'000'000,
      "Messages that each end queues in its memory before it holds back (ZMQ_SNDHWM, ZMQ_RCVHWM; "
      "libzmq's own default is 1000)"));
  return probe;
}

constexpr std::array kNames = {internal::IpcName::FILE};
constexpr std::array<std::string_view, 2> kViews = {"ss -xp: the sockets beneath it",
                                                    "lsof -a -p PID -U"};
constexpr std::array<std::string_view, 5> kHazards = {
    "A thread of the library at each end carries every message: more wake-ups than a bare socket "
    "has.",
    "Send returns when the message is queued in this process, not when it is under way; what is "
    "queued dies with the process, or at close beyond ZMQ_LINGER.",
    "A peer that dies is no error: receive waits for it to come back and send blocks at the high "
    "water mark; only a socket monitor tells.",
    "A high water mark counts messages, not bytes: large messages fill the memory.",
    "Its sockets belong to one thread at a time, and its threads do not survive a fork."};

}  // namespace

extern constinit const Mechanism kZeromq = {
    .id = "zeromq",
    .family = v1::Mechanism::MESSAGE,
    .summary = "libzmq: a pair of PAIR sockets over ipc://, a Unix socket with a library's threads",
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
    .probe = ProbeZmq,
    .host = HostZmq,
    .join = JoinZmq,
    .program = UnseenChannelFacts("libzmq does not tell how many messages wait", /*hops=*/true),
};

}  // namespace ipclab
