// What every mechanism's channel must do, both ends of it in this process.

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "tests/conformance/every_mechanism.h"
#include "tests/support/nap.h"
#include "tests/support/process_state.h"
#include "worker/payload.h"

namespace ipclab {
namespace {

class ChannelConformanceTest : public EveryMechanismTest {
 protected:
  void SetUp() override {
    EveryMechanismTest::SetUp();
    ::signal(SIGPIPE, SIG_IGN);  // as in a worker
  }

  ChannelSpec SpecOf(int64_t bytes, bool duplex, bool sends) {
    ChannelSpec spec = ipclab::SpecOf(record_.mechanism(), names_);
    spec.message_bytes = bytes;
    spec.duplex = duplex;
    spec.sends = sends;
    return spec;
  }

  // Connects two ends; a loopback mechanism's one end is both.
  void Connect(int64_t bytes, bool duplex) {
    auto hosted = mechanism_.host(SpecOf(bytes, duplex, true));
    ASSERT_TRUE(hosted.ok()) << hosted.status();
    host_ = std::move(hosted->channel);
    if (mechanism_.loopback) return;
    auto joined = mechanism_.join(SpecOf(bytes, duplex, false), std::move(hosted->offer));
    ASSERT_TRUE(joined.ok()) << joined.status();
    joiner_ = *std::move(joined);
    for (Channel* const end : {host_.get(), joiner_.get()}) {
      const absl::Status connected = end->Connect();
      ASSERT_TRUE(connected.ok()) << connected;
    }
  }

  void SkipUnlessAnEndIsNoticed() {
    if (mechanism_.loopback) GTEST_SKIP() << "one worker is both ends";
    if (mechanism_.facts.peer_loss == v1::Mechanism::UNNOTICED) {
      GTEST_SKIP() << "nothing tells of the other end's";
    }
  }

  // What attempt says, once it says none of passing. At once, but of a library: its threads, or its
  // daemon, carry on what was sent, and news of the other end, in their own time.
  template <typename Attempt>
  IoStatus Settled(std::initializer_list<IoStatus> passing, Attempt attempt) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    IoStatus status = attempt();
    while (mechanism_.facts.interface == v1::Mechanism::LIBRARY &&
           std::ranges::count(passing, status) > 0 && std::chrono::steady_clock::now() < deadline) {
      Nap();
      status = attempt();
    }
    return status;
  }

  IoStatus SettledTryReceive(std::vector<std::byte>& message) {
    return Settled({IoStatus::kWouldBlock}, [&] { return receiver().TryReceive(message); });
  }

  Channel& sender() { return *host_; }
  Channel& receiver() { return mechanism_.loopback ? *host_ : *joiner_; }

  LinkNames names_{mechanism_};
  std::unique_ptr<Channel> host_;
  std::unique_ptr<Channel> joiner_;
};

TEST_P(ChannelConformanceTest, TryFormsAreAllOrNothingAndNeverWait) {
  constexpr int64_t kBytes = 16;  // what a loopback carries whole
  Connect(kBytes, /*duplex=*/false);
  std::vector<std::byte> message(kBytes);
  EXPECT_EQ(receiver().TryReceive(message), IoStatus::kWouldBlock);
  uint64_t sent = 0;
  // More than anything that is bounded holds; what loses messages never says that it is full.
  const uint64_t kPlenty = mechanism_.facts.lossy ? 10'000 : 1'000'000;
  IoStatus status = IoStatus::kOk;
  while (sent < kPlenty) {
    FillPayload(message, sent);
    if ((status = sender().TrySend(message)) != IoStatus::kOk) break;
    ++sent;
  }
  if (mechanism_.facts.lossy) return;  // room is not what it waits for
  EXPECT_EQ(status, IoStatus::kWouldBlock);
  for (uint64_t received = 0; received < sent; ++received) {
    ASSERT_EQ(SettledTryReceive(message), IoStatus::kOk);
    ASSERT_TRUE(PayloadMatches(message, received)) << received;
  }
  EXPECT_EQ(receiver().TryReceive(message), IoStatus::kWouldBlock);
  EXPECT_EQ(Settled({IoStatus::kWouldBlock}, [&] { return sender().TrySend(message); }),
            IoStatus::kOk);
}

TEST_P(ChannelConformanceTest, BlockingAndTryFormsMix) {
  constexpr int64_t kBytes = 16;
  Connect(kBytes, /*duplex=*/false);
  std::vector<std::byte> message(kBytes);
  FillPayload(message, 1);
  ASSERT_EQ(sender().TrySend(message), IoStatus::kOk);
  ASSERT_EQ(receiver().Receive(message), IoStatus::kOk);
  EXPECT_TRUE(PayloadMatches(message, 1));
  FillPayload(message, 2);
  ASSERT_EQ(sender().Send(message), IoStatus::kOk);
  ASSERT_EQ(SettledTryReceive(message), IoStatus::kOk);
  EXPECT_TRUE(PayloadMatches(message, 2));
}

TEST_P(ChannelConformanceTest, DepthFollowsWhatWaitsOrSaysWhyItCannot) {
  constexpr int64_t kBytes = 16;
  Connect(kBytes, /*duplex=*/false);
  std::vector<std::byte> message(kBytes);
  const absl::StatusOr<int64_t> empty = receiver().Depth();
  if (!empty.ok()) {
    EXPECT_TRUE(absl::IsUnimplemented(empty.status())) << empty.status();
    EXPECT_FALSE(empty.status().message().empty());
    return;
  }
  EXPECT_EQ(*empty, 0);
  ASSERT_EQ(sender().Send(message), IoStatus::kOk);
  EXPECT_GT(*receiver().Depth(), 0);
  ASSERT_EQ(receiver().Receive(message), IoStatus::kOk);
  EXPECT_EQ(*receiver().Depth(), 0);
}

TEST_P(ChannelConformanceTest, ADuplexChannelCarriesBothWaysAtOnce) {
  if (mechanism_.loopback) GTEST_SKIP() << "one worker is both ends";
  constexpr int64_t kBytes = 64;
  Connect(kBytes, /*duplex=*/true);
  std::vector<std::byte> there(kBytes);
  std::vector<std::byte> back(kBytes);
  FillPayload(there, 1);
  FillPayload(back, 2);
  ASSERT_EQ(host_->Send(there), IoStatus::kOk);
  ASSERT_EQ(joiner_->Send(back), IoStatus::kOk);
  ASSERT_EQ(joiner_->Receive(there), IoStatus::kOk);
  ASSERT_EQ(host_->Receive(back), IoStatus::kOk);
  EXPECT_TRUE(PayloadMatches(there, 1));
  EXPECT_TRUE(PayloadMatches(back, 2));
}

TEST_P(ChannelConformanceTest, AClosedReceiverIsNoticedBySending) {
  SkipUnlessAnEndIsNoticed();
  if (IsSkipped()) return;
  constexpr int64_t kBytes = 64;
  Connect(kBytes, /*duplex=*/false);
  joiner_.reset();
  const std::vector<std::byte> message(kBytes);
  EXPECT_EQ(
      Settled({IoStatus::kOk, IoStatus::kWouldBlock}, [&] { return host_->TrySend(message); }),
      IoStatus::kPeerClosed);
  EXPECT_EQ(host_->Send(message), IoStatus::kPeerClosed);
}

TEST_P(ChannelConformanceTest, AClosedSenderIsNoticedByReceivingAfterAllThatItSent) {
  SkipUnlessAnEndIsNoticed();
  if (IsSkipped()) return;
  constexpr int64_t kBytes = 64;
  Connect(kBytes, /*duplex=*/false);
  std::vector<std::byte> message(kBytes);
  ASSERT_EQ(host_->Send(message), IoStatus::kOk);
  host_.reset();
  EXPECT_EQ(joiner_->Receive(message), IoStatus::kOk);
  EXPECT_EQ(SettledTryReceive(message), IoStatus::kPeerClosed);
  EXPECT_EQ(joiner_->Receive(message), IoStatus::kPeerClosed);
}

TEST_P(ChannelConformanceTest, NothingIsLeftOfItAndReclaimingTwiceIsHarmless) {
  const size_t open = OpenDescriptors(::getpid()).size();
  for (const bool duplex : {false, true}) {
    Connect(64, duplex);
    host_.reset();
    joiner_.reset();
    names_.Reclaim();
    EXPECT_EQ(names_.Reclaim(), 0);
    EXPECT_EQ(OpenDescriptors(::getpid()).size(), open);
  }
}

INSTANTIATE_TEST_SUITE_P(Each, ChannelConformanceTest, EveryMechanism(), MechanismName);

}  // namespace
}  // namespace ipclab
