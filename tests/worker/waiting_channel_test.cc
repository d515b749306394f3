#include "worker/waiting_channel.h"

#include <array>
#include <cerrno>
#include <functional>

#include "gtest/gtest.h"

namespace ipclab {
namespace {

// Says what the test tells it to, and counts how it was asked.
class ToldChannel final : public Channel {
 public:
  absl::Status Connect() override { return absl::AbortedError("connected"); }
  IoStatus Send(std::span<const std::byte>) override { return ++blocked, IoStatus::kOk; }
  IoStatus Receive(std::span<std::byte>) override { return ++blocked, IoStatus::kOk; }
  IoStatus TrySend(std::span<const std::byte>) override { return Try(); }
  IoStatus TryReceive(std::span<std::byte>) override { return Try(); }
  absl::StatusOr<int64_t> Depth() const override { return 7; }

  // What a try says, by how many came before it.
  std::function<IoStatus(int tries)> tell = [](int) { return IoStatus::kWouldBlock; };
  int tries = 0;
  int blocked = 0;

  IoStatus FailWith(int error) { return Fail(error); }

 private:
  IoStatus Try() { return tell(tries++); }
};

class WaitingChannelTest : public testing::Test {
 protected:
  void Wait(v1::MeasureSpec::Wait wait, bool lossy = false) {
    auto told = std::make_unique<ToldChannel>();
    told_ = told.get();
    channel_ = MakeWaiting(std::move(told), wait, lossy, clock_);
  }

  const Clock clock_ = Clock::System();
  std::unique_ptr<Channel> channel_;
  ToldChannel* told_ = nullptr;  // inside channel_
  std::array<std::byte, 8> message_ = {};
};

IoStatus OkAtTheTenThousandth(int tries) {
  return tries < 10'000 ? IoStatus::kWouldBlock : IoStatus::kOk;
}

TEST_F(WaitingChannelTest, BlockIsTheChannelItself) {
  Wait(v1::MeasureSpec::BLOCK);
  EXPECT_EQ(channel_.get(), told_);
}

TEST_F(WaitingChannelTest, SpinNeverCallsTheBlockingForms) {
  Wait(v1::MeasureSpec::SPIN);
  told_->tell = OkAtTheTenThousandth;
  EXPECT_EQ(channel_->Receive(message_), IoStatus::kOk);
  told_->tries = 0;
  EXPECT_EQ(channel_->Send(message_), IoStatus::kOk);
  EXPECT_EQ(told_->tries, 10'001);
  EXPECT_EQ(told_->blocked, 0);
}

TEST_F(WaitingChannelTest, SpinThenBlockCallsThemWhenItsTimeIsUp) {
  Wait(v1::MeasureSpec::SPIN_THEN_BLOCK);
  for (const bool sends : {false, true}) {
    told_->tries = told_->blocked = 0;
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(sends ? channel_->Send(message_) : channel_->Receive(message_), IoStatus::kOk);
    EXPECT_GE(std::chrono::steady_clock::now() - before, kSpinTime);
    EXPECT_EQ(told_->blocked, 1);
    EXPECT_GT(told_->tries, 1);
  }
}

TEST_F(WaitingChannelTest, SpinThenBlockDoesNotBlockForWhatComesInTime) {
  Wait(v1::MeasureSpec::SPIN_THEN_BLOCK);
  told_->tell = [](int tries) { return tries < 3 ? IoStatus::kWouldBlock : IoStatus::kOk; };
  EXPECT_EQ(channel_->Receive(message_), IoStatus::kOk);
  EXPECT_EQ(told_->blocked, 0);
}

TEST_F(WaitingChannelTest, SpinGivesUpAMessageThatMayBeLost) {
  Wait(v1::MeasureSpec::SPIN, /*lossy=*/true);
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(channel_->Receive(message_), IoStatus::kWouldBlock);
  EXPECT_GE(std::chrono::steady_clock::now() - before, kLossyPatience);
  EXPECT_EQ(told_->blocked, 0);
}

TEST_F(WaitingChannelTest, WhatNeverFitsAtOnceIsLeftToTheBlockingFormOrRefused) {
  const auto too_large = [this](int) { return told_->FailWith(EMSGSIZE); };
  Wait(v1::MeasureSpec::SPIN_THEN_BLOCK);
  told_->tell = too_large;
  EXPECT_EQ(channel_->Send(message_), IoStatus::kOk);
  Wait(v1::MeasureSpec::SPIN);
  told_->tell = too_large;
  EXPECT_EQ(channel_->Send(message_), IoStatus::kError);
  EXPECT_EQ(channel_->error(), EMSGSIZE);
}

TEST_F(WaitingChannelTest, EndsAndErrorsArePassedOnAtOnceWithTheirErrno) {
  for (const auto wait : {v1::MeasureSpec::SPIN, v1::MeasureSpec::SPIN_THEN_BLOCK}) {
    Wait(wait);
    told_->tell = [](int) { return IoStatus::kPeerClosed; };
    EXPECT_EQ(channel_->Receive(message_), IoStatus::kPeerClosed);
    told_->tell = [this](int) { return told_->FailWith(EIO); };
    EXPECT_EQ(channel_->Receive(message_), IoStatus::kError);
    EXPECT_EQ(channel_->error(), EIO);
    EXPECT_EQ(told_->tries, 2);
    EXPECT_EQ(told_->blocked, 0);
  }
}

TEST_F(WaitingChannelTest, EverythingElseIsTheChannels) {
  Wait(v1::MeasureSpec::SPIN);
  EXPECT_TRUE(absl::IsAborted(channel_->Connect()));
  EXPECT_EQ(*channel_->Depth(), 7);
  EXPECT_EQ(channel_->TryReceive(message_), IoStatus::kWouldBlock);
  EXPECT_EQ(channel_->TrySend(message_), IoStatus::kWouldBlock);
  EXPECT_EQ(told_->tries, 2);
}

}  // namespace
}  // namespace ipclab
