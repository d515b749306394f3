// tcp, tcp6, udp, udp6.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <string>
#include <vector>

#include "common/unique_fd.h"
#include "gmock/gmock.h"
#include "tests/worker/socket_ends.h"
#include "worker/mechanisms/socket_loopback.h"
#include "worker/payload.h"

namespace ipclab {
namespace {

class InternetSocketTest : public SocketTest, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    if (const std::string why = mechanism_.probe().unavailable_reason; !why.empty()) {
      GTEST_SKIP() << why;
    }
  }

  int family() const { return mechanism_.id.ends_with('6') ? AF_INET6 : AF_INET; }
  bool is_tcp() const { return mechanism_.id.starts_with("tcp"); }

  // Writes to the host's port before the other end does.
  UniqueFd Intrude(const std::string& offer, std::string_view said) {
    const auto meeting = Meeting::FromOffer("intruder", offer);
    UniqueFd intruder(::socket(family(), is_tcp() ? SOCK_STREAM : SOCK_DGRAM, 0));
    EXPECT_TRUE(LoopbackAddress(family(), meeting->port).Connect(intruder.get()).ok());
    EXPECT_EQ(::send(intruder.get(), said.data(), said.size(), 0),
              static_cast<ssize_t>(said.size()));
    return intruder;
  }

  const Mechanism& mechanism_ = Find(GetParam());
};

TEST_P(InternetSocketTest, TakesForItsPeerOnlyWhoKnowsTheNonce) {
  const ChannelSpec spec = SpecOf(mechanism_, 16);
  auto hosted = mechanism_.host(spec);
  ASSERT_TRUE(hosted.ok()) << hosted.status();
  const UniqueFd guesses = Intrude(hosted->offer.bytes, "0123456789abcdef");
  const UniqueFd stammers = Intrude(hosted->offer.bytes, "0123");
  ::shutdown(stammers.get(), SHUT_WR);
  auto joined = mechanism_.join(spec, std::move(hosted->offer));
  ASSERT_TRUE(joined.ok()) << joined.status();
  ASSERT_TRUE(hosted->channel->Connect().ok());

  std::vector<std::byte> message(16);
  FillPayload(message, 5);
  ASSERT_EQ((*joined)->Send(message), IoStatus::kOk);
  std::fill(message.begin(), message.end(), std::byte{0});
  ASSERT_EQ(hosted->channel->Receive(message), IoStatus::kOk);
  EXPECT_TRUE(PayloadMatches(message, 5));
}

TEST_P(InternetSocketTest, NobodyElseCanWriteToItOnceItIsConnected) {
  const ChannelSpec spec = SpecOf(mechanism_, 16);
  auto hosted = mechanism_.host(spec);
  ASSERT_TRUE(hosted.ok()) << hosted.status();
  const uint16_t port = Meeting::FromOffer("", hosted->offer.bytes)->port;
  auto joined = mechanism_.join(spec, std::move(hosted->offer));
  ASSERT_TRUE(joined.ok()) << joined.status();
  ASSERT_TRUE(hosted->channel->Connect().ok());
  const UniqueFd late(::socket(family(), is_tcp() ? SOCK_STREAM : SOCK_DGRAM, 0));
  const absl::Status connected = LoopbackAddress(family(), port).Connect(late.get());
  EXPECT_EQ(connected.ok(), !is_tcp()) << connected;  // TCP's listener is closed
  ::send(late.get(), "0123456789abcdef", 16, MSG_NOSIGNAL);
  std::vector<std::byte> message(16);
  EXPECT_EQ(hosted->channel->TryReceive(message), IoStatus::kWouldBlock);
}

TEST_P(InternetSocketTest, RefusesAnOfferThatIsNotItsOwn) {
  EXPECT_TRUE(
      absl::IsInvalidArgument(mechanism_.join(SpecOf(mechanism_, 8), {"short", {}}).status()));
}

TEST_P(InternetSocketTest, TakesEveryValueOfItsOptions) {
  for (const v1::Option& option : mechanism_.probe().options) {
    std::vector<std::string> values = {"true", "false"};
    if (option.type() == v1::Option::INTEGER) {
      values = {std::to_string(option.minimum()), "1", std::to_string(option.maximum())};
    }
    for (const std::string& value : values) {
      SCOPED_TRACE(option.name() + "=" + value);
      Connect(mechanism_, SpecOf(mechanism_, 8, {{option.name(), value}}));
      if (HasFatalFailure()) return;
      std::vector<std::byte> message(8);
      EXPECT_EQ(host_->Send(message), IoStatus::kOk);
      EXPECT_EQ(joiner_->Receive(message), IoStatus::kOk);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Each, InternetSocketTest, testing::Values("tcp", "tcp6", "udp", "udp6"),
                         [](const auto& test) { return std::string(test.param); });

class TcpTest : public SocketTest {};

TEST_F(TcpTest, MessagesLargerThanEveryBufferArriveWholeByTheTryForms) {
  Connect(Find("tcp"),
          SpecOf(Find("tcp"), 200'000, {{"receive_buffer", "4096"}, {"send_buffer", "2000000"}}));
  std::vector<std::byte> message(200'000);
  FillPayload(message, 9);
  ASSERT_EQ(host_->TrySend(message), IoStatus::kOk);
  std::fill(message.begin(), message.end(), std::byte{0});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  IoStatus status;
  while ((status = joiner_->TryReceive(message)) == IoStatus::kWouldBlock &&
         std::chrono::steady_clock::now() < deadline) {
  }
  ASSERT_EQ(status, IoStatus::kOk);
  EXPECT_TRUE(PayloadMatches(message, 9));
}

TEST_F(TcpTest, TrySendRefusesWhatNeverFits) {
  Connect(Find("tcp"), SpecOf(Find("tcp"), 1'000'000, {{"send_buffer", "10000"}}));
  EXPECT_EQ(host_->TrySend(std::vector<std::byte>(1'000'000)), IoStatus::kError);
  EXPECT_EQ(host_->error(), EMSGSIZE);
}

TEST_F(TcpTest, AFrameOfAnotherLengthIsAnError) {
  auto hosted = Find("tcp").host(SpecOf(Find("tcp"), 12));
  ASSERT_TRUE(hosted.ok()) << hosted.status();
  auto joined = Find("tcp").join(SpecOf(Find("tcp"), 8), std::move(hosted->offer));
  ASSERT_TRUE(joined.ok()) << joined.status();
  ASSERT_TRUE(hosted->channel->Connect().ok());
  ASSERT_EQ(hosted->channel->Send(std::vector<std::byte>(12)), IoStatus::kOk);
  std::vector<std::byte> message(8);
  EXPECT_EQ((*joined)->Receive(message), IoStatus::kError);
  EXPECT_EQ((*joined)->error(), EBADMSG);
}

class UdpTest : public SocketTest {};

TEST_F(UdpTest, ReceiveComesBackWhenNothingCame) {
  Connect(Find("udp"), SpecOf(Find("udp"), 8));
  std::vector<std::byte> message(8);
  EXPECT_EQ(joiner_->Receive(message), IoStatus::kWouldBlock);
  ASSERT_EQ(host_->Send(message), IoStatus::kOk);
  EXPECT_EQ(joiner_->Receive(message), IoStatus::kOk);
}

TEST_F(UdpTest, WhatDoesNotFitIsLostAndTheRestIsWhole) {
  Connect(Find("udp"), SpecOf(Find("udp"), 1000, {{"receive_buffer", "20000"}}));
  std::vector<std::byte> message(1000);
  for (uint64_t sequence = 0; sequence < 1000; ++sequence) {
    FillPayload(message, sequence);
    ASSERT_EQ(host_->Send(message), IoStatus::kOk);
  }
  uint64_t received = 0;
  while (joiner_->TryReceive(message) == IoStatus::kOk) {
    EXPECT_TRUE(PayloadMatches(message, received)) << received;
    ++received;
  }
  EXPECT_GT(received, 0u);
  EXPECT_LT(received, 1000u);
}

TEST_F(UdpTest, ASenderLearnsThatTheReceiverIsGone) {
  Connect(Find("udp"), SpecOf(Find("udp"), 8));
  joiner_.reset();
  const std::vector<std::byte> message(8);
  host_->Send(message);  // the answer to it says so
  EXPECT_EQ(host_->Send(message), IoStatus::kPeerClosed);
}

TEST_F(UdpTest, TheLargestMessageIsTheLargestThatTheKernelTakes) {
  for (const char* const id : {"udp", "udp6"}) {
    if (!Find(id).probe().unavailable_reason.empty()) continue;
    const int64_t most = Find(id).probe().max_message_bytes;
    Connect(Find(id), SpecOf(Find(id), most));
    std::vector<std::byte> message(static_cast<size_t>(most));
    EXPECT_EQ(host_->Send(message), IoStatus::kOk) << id;
    EXPECT_EQ(joiner_->Receive(message), IoStatus::kOk) << id;
    message.resize(message.size() + 1);
    EXPECT_EQ(host_->Send(message), IoStatus::kError) << id;
    EXPECT_EQ(host_->error(), EMSGSIZE) << id;
  }
}

}  // namespace
}  // namespace ipclab
