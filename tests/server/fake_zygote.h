// The server's end of a zygote that the test itself plays, over a real socket pair.
#pragma once

#include <poll.h>

#include <string>
#include <utility>
#include <vector>

#include "common/message_socket.h"
#include "gtest/gtest.h"
#include "server/event_loop.h"
#include "server/zygote.h"
#include "tests/server/patience.h"

namespace ipclab {

// The next message on a socket, parsed; empty when the peer is gone or nothing comes in time.
template <class Message>
Message AwaitMessage(MessageSocket& socket, std::vector<UniqueFd>* descriptors = nullptr) {
  Message message;
  pollfd event{.fd = socket.fd(), .events = POLLIN, .revents = 0};
  const auto patience = std::chrono::milliseconds(kPatience).count();
  if (::poll(&event, 1, static_cast<int>(patience)) != 1) {
    ADD_FAILURE() << "nothing came";
    return message;
  }
  auto received = socket.ReceiveBlocking();
  if (!received.ok()) return message;
  EXPECT_TRUE(received->Parse(message).ok());
  if (descriptors != nullptr) *descriptors = std::move(received->descriptors);
  return message;
}

// True when something is there to be read, or the peer is gone.
inline bool HasMessage(const MessageSocket& socket) {
  pollfd event{.fd = socket.fd(), .events = POLLIN, .revents = 0};
  return ::poll(&event, 1, 0) == 1;
}

class FakeZygote {
 public:
  explicit FakeZygote(Zygote::Listener& listener, absl::Duration deaf_limit = Zygote::kDeafLimit)
      : pair_(MessageSocket::Pair().value()),
        server_side_(loop_, "/no/such/zygote", Process(std::move(pair_.first)), listener,
                     deaf_limit) {
    OnStrand(loop_, [this] { server_side_.Listen(); });
  }
  ~FakeZygote() { loop_.Stop(); }

  EventLoop& loop() { return loop_; }
  Zygote& server_side() { return server_side_; }

  // What the server says next.
  internal::ToZygote Await() { return AwaitMessage<internal::ToZygote>(pair_.second); }
  bool HasMessage() const { return ipclab::HasMessage(pair_.second); }

  void Send(const internal::FromZygote& message, const std::vector<int>& descriptors = {}) {
    EXPECT_TRUE(pair_.second.Send(message, descriptors).ok());
  }
  void Send(std::string_view bytes) { EXPECT_TRUE(pair_.second.Send(bytes).ok()); }

  void Die() { pair_.second.Close(); }

 private:
  static ZygoteProcess Process(MessageSocket control) {
    EXPECT_TRUE(control.SetNonBlocking(true).ok());
    ZygoteProcess process;  // without a pid: nobody to kill or to wait for
    process.control = std::move(control);
    return process;
  }

  std::pair<MessageSocket, MessageSocket> pair_;
  EventLoop loop_;
  Zygote server_side_;
};

}  // namespace ipclab
