#include "worker/mechanisms/dbus_channel.h"

#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"

namespace ipclab {
namespace {

constexpr SdBus& bus = sd_bus_calls;

constexpr const char* kPath = "/ipclab/Link";
constexpr const char* kInterface = "ipclab.Link";
constexpr const char* kMember = "Message";
constexpr const char* kDaemon = "org.freedesktop.DBus";
constexpr const char* kDaemonPath = "/org/freedesktop/DBus";
constexpr uint64_t kConnectMicroseconds = 10'000'000;

absl::Status BusStatus(std::string_view act, std::string_view subject, int result) {
  return result >= 0 ? absl::OkStatus() : ErrnoStatus(act, subject, -result);
}

bool IsLost(int result) {
  return result == -ECONNRESET || result == -ENOTCONN || result == -EPIPE || result == -ESHUTDOWN;
}

}  // namespace

DbusChannel::~DbusChannel() {
  owed_.reset();
  early_.reset();
  if (bus_ == nullptr) return;
  // The daemon writes in the order in which it reads: once it has answered, what we sent before is
  // in the other end's socket, and only then may it end.
  if (daemon_ && !gone_) {
    bus.call_method(bus_, kDaemon, kDaemonPath, "org.freedesktop.DBus.Peer", "Ping", nullptr,
                    nullptr, nullptr);
  }
  bus.close_unref(bus_);
}

absl::Status DbusChannel::OpenThroughDaemon(const std::string& address, DbusDaemon daemon) {
  daemon_ = std::move(daemon);
  has_daemon_ = true;
  if (int result = bus.make(&bus_); result < 0) return BusStatus("sd_bus_new", "", result);
  if (int result = bus.set_address(bus_, address.c_str()); result < 0) {
    return BusStatus("sd_bus_set_address", address, result);
  }
  if (int result = bus.set_bus_client(bus_, 1); result < 0) {
    return BusStatus("sd_bus_set_bus_client", address, result);
  }
  if (auto status = Start(); !status.ok()) return status;
  // First what is wanted, then the name: whoever sees that has an end that hears everything.
  if (auto status =
          Subscribe(absl::StrCat("type='signal',sender='", kDaemon, "',interface='", kDaemon,
                                 "',member='NameOwnerChanged',arg0='", Peer(), "'"));
      !status.ok()) {
    return status;
  }
  const bool receives = manner_.duplex || !manner_.sends;
  if (manner_.signals && receives) {
    if (auto status = Subscribe(
            absl::StrCat("type='signal',sender='", Peer(), "',interface='", kInterface, "'"));
        !status.ok()) {
      return status;
    }
  }
  return BusStatus("sd_bus_request_name", Self(), bus.request_name(bus_, Self(), 0));
}

absl::Status DbusChannel::OpenDirectly(UniqueFd socket) {
  if (int result = bus.make(&bus_); result < 0) return BusStatus("sd_bus_new", "", result);
  if (int result = bus.set_fd(bus_, socket.get(), socket.get()); result < 0) {
    return BusStatus("sd_bus_set_fd", "", result);
  }
  socket.Release();  // the bus's from here on
  if (manner_.hosts) {
    sd_id128_t id;
    if (::getrandom(id.bytes, sizeof id.bytes, 0) != sizeof id.bytes) {
      return ErrnoStatus("getrandom");
    }
    if (int result = bus.set_server(bus_, 1, id); result < 0) {
      return BusStatus("sd_bus_set_server", "", result);
    }
  }
  return Start();
}

absl::Status DbusChannel::Start() {
  if (int result = bus.negotiate_fds(bus_, 0); result < 0) {
    return BusStatus("sd_bus_negotiate_fds", "", result);
  }
  if (int result = bus.start(bus_); result < 0) return BusStatus("sd_bus_start", "", result);
  fd_ = bus.get_fd(bus_);
  if (fd_ < 0) return BusStatus("sd_bus_get_fd", "", fd_);
  int bytes = 0;
  socklen_t size = sizeof bytes;
  ::getsockopt(fd_, SOL_SOCKET, SO_SNDBUF, &bytes, &size);
  send_buffer_ = bytes;
  return absl::OkStatus();
}

absl::Status DbusChannel::Subscribe(const std::string& rule) {
  return BusStatus("AddMatch", rule,
                   bus.call_method(bus_, kDaemon, kDaemonPath, kDaemon, "AddMatch", nullptr,
                                   nullptr, "s", rule.c_str()));
}

// Without a daemon it is the two ends that must agree, each in its turn.
absl::Status DbusChannel::Connect() {
  while (true) {
    const int ready = bus.is_ready(bus_);
    if (ready != 0) return BusStatus("sd_bus_is_ready", "", ready);
    Message came;
    int result = Step(came);
    if (result == 0) result = bus.wait(bus_, kConnectMicroseconds);
    if (result == 0) return absl::DeadlineExceededError("dbus: the other end does not answer");
    if (result < 0 && result != -EINTR) return BusStatus("sd_bus_process", "", result);
  }
}

IoStatus DbusChannel::Send(std::span<const std::byte> message) {
  const IoStatus posted = Post(message, /*wait=*/true);
  if (posted != IoStatus::kOk) return posted;
  int result;
  while ((result = bus.flush(bus_)) == -EINTR) {
  }
  return result < 0 ? Outcome(result) : IoStatus::kOk;
}

// A socket that is writable has at least three quarters of its buffer free; a message of half of it
// goes in whole, and nothing of it stays in sd-bus' own queue.
IoStatus DbusChannel::TrySend(std::span<const std::byte> message) {
  if (static_cast<int64_t>(message.size()) > send_buffer_ / 2) return Fail(EMSGSIZE);
  uint64_t queued = 0;
  bus.get_n_queued_write(bus_, &queued);
  if (queued > 0 && !early_) {
    const int result = Step(early_);
    if (result < 0) return Outcome(result);
    bus.get_n_queued_write(bus_, &queued);
  }
  if (queued > 0) return IoStatus::kWouldBlock;
  pollfd room = {fd_, POLLOUT, 0};
  if (::poll(&room, 1, 0) < 0) return Fail(errno);
  if ((room.revents & (POLLOUT | POLLERR | POLLHUP)) == 0) {
    return gone_ ? IoStatus::kPeerClosed : IoStatus::kWouldBlock;
  }
  return Post(message, /*wait=*/false);
}

absl::StatusOr<int64_t> DbusChannel::Depth() const {
  return absl::UnimplementedError(
      "dbus: messages wait in the daemon, in the sockets and in sd-bus, and nobody tells how many");
}

const char* DbusChannel::Self() const { return manner_.hosts ? "ipclab.Host" : "ipclab.Joiner"; }
const char* DbusChannel::Peer() const { return manner_.hosts ? "ipclab.Joiner" : "ipclab.Host"; }

int DbusChannel::Make(std::span<const std::byte> bytes, Message& message) {
  sd_bus_message* made = nullptr;
  int result;
  if (owed_) {
    result = bus.message_new_method_return(owed_.get(), &made);
  } else if (manner_.signals) {
    result = bus.message_new_signal(bus_, &made, kPath, kInterface, kMember);
  } else {
    result = bus.message_new_method_call(bus_, &made, has_daemon_ ? Peer() : nullptr, kPath,
                                         kInterface, kMember);
    if (result >= 0 && !manner_.duplex) result = bus.message_set_expect_reply(made, 0);
  }
  message.reset(made);
  if (result < 0) return result;
  return bus.message_append_array(made, 'y', bytes.data(), bytes.size());
}

IoStatus DbusChannel::Post(std::span<const std::byte> bytes, bool wait) {
  if (!manner_.duplex) LookForNews();
  if (gone_) return IoStatus::kPeerClosed;
  Message message;
  int result = Make(bytes, message);
  uint64_t cookie = 0;  // where it is not asked for, sd-bus takes it that no reply is wanted
  // sd-bus takes it into its queue where the socket is full; a full queue is emptied first.
  if (result >= 0) result = bus.send(bus_, message.get(), &cookie);
  while (result == -ENOBUFS && wait) {
    result = bus.flush(bus_);
    if (result >= 0) result = bus.send(bus_, message.get(), &cookie);
  }
  if (result == -ENOBUFS) return IoStatus::kWouldBlock;
  if (result < 0) return Outcome(result);
  owed_.reset();
  return IoStatus::kOk;
}

IoStatus DbusChannel::Take(std::span<std::byte> bytes, bool wait) {
  while (!gone_) {
    Message came = std::move(early_);
    int result = came ? 1 : Step(came);
    if (came) {
      const IoStatus opened = Open(std::move(came), bytes);
      if (opened != IoStatus::kWouldBlock) return opened;
      continue;
    }
    if (result == 0 && !wait) return IoStatus::kWouldBlock;
    if (result == 0) result = bus.wait(bus_, UINT64_MAX);
    if (result < 0 && result != -EINTR) return Outcome(result);
  }
  return IoStatus::kPeerClosed;
}

int DbusChannel::Step(Message& came) {
  sd_bus_message* message = nullptr;
  const int result = bus.process(bus_, &message);
  came.reset(message);
  return result;
}

IoStatus DbusChannel::Open(Message came, std::span<std::byte> bytes) {
  uint8_t type = 0;
  bus.message_get_type(came.get(), &type);
  const bool call = bus.message_is_method_call(came.get(), kInterface, kMember) > 0;
  if (!call && type != SD_BUS_MESSAGE_METHOD_RETURN &&
      bus.message_is_signal(came.get(), kInterface, kMember) <= 0) {
    gone_ = gone_ || IsFarewell(came.get());
    if (gone_) return IoStatus::kPeerClosed;
    if (type != SD_BUS_MESSAGE_METHOD_ERROR) return IoStatus::kWouldBlock;
    return Fail(bus.message_get_errno(came.get()));
  }
  const void* data = nullptr;
  size_t size = 0;
  const int result = bus.message_read_array(came.get(), 'y', &data, &size);
  if (result < 0 || size != bytes.size()) return Fail(EBADMSG);
  std::memcpy(bytes.data(), data, size);
  if (call && bus.message_get_expect_reply(came.get()) > 0) owed_ = std::move(came);
  return IoStatus::kOk;
}

bool DbusChannel::IsFarewell(sd_bus_message* came) const {
  // Answers of the daemon to a call whose callee left, or was gone.
  for (const char* const error :
       {"org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.ServiceUnknown",
        "org.freedesktop.DBus.Error.NameHasNoOwner"}) {
    if (bus.message_is_method_error(came, error) > 0) return true;
  }
  // What sd-bus makes up at the end of its connection.
  if (bus.message_is_signal(came, "org.freedesktop.DBus.Local", "Disconnected") > 0) return true;
  if (bus.message_is_signal(came, kDaemon, "NameOwnerChanged") <= 0) return false;
  const char* name = nullptr;
  const char* before = nullptr;
  const char* after = nullptr;
  return bus.message_read(came, "sss", &name, &before, &after) > 0 &&
         std::strcmp(name, Peer()) == 0 && *after == '\0';
}

void DbusChannel::LookForNews() {
  pollfd news = {fd_, POLLIN, 0};
  while (!gone_ && ::poll(&news, 1, 0) > 0) {
    Message came;
    const int result = Step(came);
    if (result < 0) gone_ = IsLost(result);
    if (result <= 0) return;
    if (came) gone_ = IsFarewell(came.get());
  }
}

IoStatus DbusChannel::Outcome(int result) {
  if (!IsLost(result)) return Fail(-result);
  gone_ = true;
  return IoStatus::kPeerClosed;
}

}  // namespace ipclab
