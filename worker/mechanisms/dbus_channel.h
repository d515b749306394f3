// One end of a link over D-Bus: through a dbus-daemon, or without one over a socket pair.
//
// A message is a method call or a signal with an array of bytes. Where calls go both ways, whoever
// owes an answer sends its next message as that answer, and so an echo is what a call returns.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "common/unique_fd.h"
#include "worker/channel.h"
#include "worker/libraries/sd_bus.h"
#include "worker/mechanisms/dbus_daemon.h"

namespace ipclab {

class DbusChannel final : public Channel {
 public:
  struct Manner {
    bool hosts = false;
    bool duplex = false;
    bool sends = false;    // not duplex: this end sends
    bool signals = false;  // else method calls
  };

  explicit DbusChannel(const Manner& manner) : manner_(manner) {}
  DbusChannel(const DbusChannel&) = delete;
  DbusChannel& operator=(const DbusChannel&) = delete;
  ~DbusChannel() override;

  // One of both, once. The daemon, at the end that has it, ends with this.
  absl::Status OpenThroughDaemon(const std::string& address, DbusDaemon daemon);
  absl::Status OpenDirectly(UniqueFd socket);

  absl::Status Connect() override;
  IoStatus Send(std::span<const std::byte> message) override;
  IoStatus Receive(std::span<std::byte> message) override { return Take(message, /*wait=*/true); }
  IoStatus TrySend(std::span<const std::byte> message) override;
  IoStatus TryReceive(std::span<std::byte> message) override {
    return Take(message, /*wait=*/false);
  }
  int ReadableDescriptor() const override { return fd_; }
  absl::StatusOr<int64_t> Depth() const override;

 private:
  struct Unref {
    void operator()(sd_bus_message* message) const { sd_bus_calls.message_unref(message); }
  };
  using Message = std::unique_ptr<sd_bus_message, Unref>;

  const char* Self() const;
  const char* Peer() const;
  absl::Status Start();
  // Asks the daemon for what is broadcast.
  absl::Status Subscribe(const std::string& rule);
  // Makes the next message of these bytes. 0, or -errno.
  int Make(std::span<const std::byte> bytes, Message& message);
  IoStatus Post(std::span<const std::byte> bytes, bool wait);
  IoStatus Take(std::span<std::byte> bytes, bool wait);
  // Has sd-bus do one thing; what came by it, if any. 0 when there is nothing to do, or -errno.
  int Step(Message& came);
  // Looks at what came: kOk for a message of the other end, kWouldBlock for anything else.
  IoStatus Open(Message came, std::span<std::byte> bytes);
  // True when what came says that the other end is gone.
  bool IsFarewell(sd_bus_message* came) const;
  // At the end that only sends: takes notice of what came.
  void LookForNews();
  // What a negative answer of sd-bus means.
  IoStatus Outcome(int result);

  const Manner manner_;
  DbusDaemon daemon_;
  sd_bus* bus_ = nullptr;
  int fd_ = -1;  // the bus's own
  int64_t send_buffer_ = 0;
  bool has_daemon_ = false;
  bool gone_ = false;  // the other end
  Message owed_;       // the call that our next message answers
  Message early_;      // came while we were sending
};

}  // namespace ipclab
