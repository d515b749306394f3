// Parts of patterns over a scripted channel that loses what a test says: every leg ends, and what
// was lost is counted exactly.

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "worker/patterns/pattern.h"

namespace ipclab {
namespace {

constexpr size_t kLossyBytes = 8;

// What comes in is what a test has put there; then silence, at once instead of after a patience.
class ScriptedInbox final : public Channel {
 public:
  IoStatus Send(std::span<const std::byte> message) override {
    sent.emplace_back(message.begin(), message.end());
    if (on_send) on_send(sent.back());
    return IoStatus::kOk;
  }
  IoStatus Receive(std::span<std::byte> message) override {
    if (inbox.empty()) {
      if (++silences > 1000) return Fail(ETIME);  // a leg that would never end
      if (on_silence) on_silence();
      return IoStatus::kWouldBlock;
    }
    std::copy(inbox.front().begin(), inbox.front().end(), message.begin());
    inbox.pop_front();
    return IoStatus::kOk;
  }
  IoStatus TrySend(std::span<const std::byte> message) override { return Send(message); }
  IoStatus TryReceive(std::span<std::byte> message) override { return Receive(message); }
  absl::StatusOr<int64_t> Depth() const override { return absl::UnimplementedError("scripted"); }

  std::deque<std::vector<std::byte>> inbox;
  std::vector<std::vector<std::byte>> sent;
  std::function<void(const std::vector<std::byte>&)> on_send;
  std::function<void()> on_silence;
  int silences = 0;
};

class LossesTest : public testing::Test {
 protected:
  // The leg goes on where the one before ended.
  LegOutcome RunLeg(v1::Pattern::Kind pattern, internal::Role role, int64_t messages,
                    int64_t warm_up = 0) {
    figures_.Clear();
    channel_.silences = 0;
    internal::Leg leg;
    leg.set_messages(messages);
    leg.set_warm_up(warm_up);
    const uint64_t first = traffic_->arrivals().next();
    LegRun run = {channel_,
                  clock_,
                  *traffic_,
                  figures_,
                  LegLimit(leg, clock_, stop_),
                  first + static_cast<uint64_t>(warm_up),
                  /*lossy=*/true,
                  LegEnd(leg_end_, first),
                  /*lanes=*/{},
                  setup_,
                  *control_page_};
    return FindPattern(pattern)->Find(role)->run(run);
  }

  LegOutcome Receive(int64_t messages, int64_t warm_up = 0) {
    return RunLeg(v1::Pattern::STREAM, internal::RECEIVER, messages, warm_up);
  }
  LegOutcome Initiate(int64_t messages) {
    return RunLeg(v1::Pattern::ROUND_TRIP, internal::INITIATOR, messages);
  }

  void UseMessagesOf(size_t bytes) {
    traffic_ = std::make_unique<Traffic>(MessageFormat(bytes, false), false, true);
  }

  void Comes(uint64_t sequence, bool last = false) {
    std::vector<std::byte> message(traffic_->format().bytes());
    traffic_->format().WriteHeader(message, sequence, last);
    channel_.inbox.push_back(message);
  }
  void Come(uint64_t first, uint64_t end) {
    for (uint64_t sequence = first; sequence < end; ++sequence) Comes(sequence);
  }
  // The sender has sent all up to end.
  void AllIsSent(uint64_t end) { LegEnd(leg_end_, 0).Sent(end); }

  void ExpectFigures(int64_t messages, int64_t lost, int64_t reordered = 0) {
    EXPECT_EQ(page_->messages, messages);
    EXPECT_EQ(page_->lost, lost);
    EXPECT_EQ(page_->reordered, reordered);
    EXPECT_EQ(page_->duplicated, 0);
  }

  const Clock clock_ = Clock::System();
  const std::unique_ptr<WorkerPage> page_ = std::make_unique<WorkerPage>();
  const std::unique_ptr<ControlPage> control_page_ = std::make_unique<ControlPage>();
  const internal::WorkerSetup setup_;
  Figures figures_{*page_, clock_, /*cpu=*/0};
  std::unique_ptr<Traffic> traffic_ =
      std::make_unique<Traffic>(MessageFormat(kLossyBytes, false), false, true);
  std::atomic<uint32_t> stop_ = 0;
  std::atomic<uint64_t> leg_end_ = 0;
  ScriptedInbox channel_;
};

TEST_F(LossesTest, AReceiverWhoseLastMessageIsLostEndsWhenAllWasSent) {
  Come(0, 7);
  AllIsSent(10);
  EXPECT_TRUE(Receive(10).ok());
  ExpectFigures(7, 3);
}

TEST_F(LossesTest, AReceiverThatGotNothingAtAllEndsToo) {
  AllIsSent(1);
  EXPECT_TRUE(Receive(1).ok());
  ExpectFigures(0, 1);
}

TEST_F(LossesTest, AReceiverWaitsInSilenceAsLongAsNotAllIsSent) {
  LegEnd(leg_end_, 0).WillBe(3);
  channel_.on_silence = [&] {
    if (channel_.silences == 20) Comes(0), Comes(1);
    if (channel_.silences == 30) AllIsSent(3);
  };
  EXPECT_TRUE(Receive(3).ok());
  EXPECT_GT(channel_.silences, 30) << "what is on its way gets the whole patience";
  ExpectFigures(2, 1);
}

TEST_F(LossesTest, WhatComesAfterTheWordThatAllIsSentIsTaken) {
  AllIsSent(3);
  channel_.on_silence = [&] {
    if (channel_.silences == 1) Comes(0), Comes(1), Comes(2, true);
  };
  EXPECT_TRUE(Receive(3).ok());
  ExpectFigures(3, 0);
}

TEST_F(LossesTest, TheNextLegOfAReceiverIsWholeAndWhatIsLeftOfTheOldOneIsNobodys) {
  Come(0, 5);
  AllIsSent(200);
  ASSERT_TRUE(Receive(200).ok());
  ExpectFigures(5, 195);
  for (const uint64_t old : {3u, 5u, 6u, 100u, 198u}) Comes(old);
  Comes(199, /*last=*/true);
  Come(200, 209);
  Comes(209, true);
  AllIsSent(210);
  ASSERT_TRUE(Receive(10).ok());
  ExpectFigures(10, 0);
}

TEST_F(LossesTest, AWordOfAnOlderLegDoesNotEndThisOne) {
  Come(0, 4);
  Comes(4, true);
  AllIsSent(5);
  ASSERT_TRUE(Receive(5).ok());
  channel_.on_silence = [&] {
    if (channel_.silences == 20) AllIsSent(10), Come(5, 10);
  };
  EXPECT_TRUE(Receive(5).ok());
  ExpectFigures(5, 0);
}

TEST_F(LossesTest, LateMessagesOfThisLegAreNotLost) {
  for (const uint64_t sequence : {0u, 3u, 1u, 2u}) Comes(sequence);
  Come(4, 300);
  AllIsSent(300);
  EXPECT_TRUE(Receive(300).ok());
  ExpectFigures(300, 0, /*reordered=*/2);
}

TEST_F(LossesTest, WhatTheWarmUpLosesIsNotCounted) {
  Come(2, 4);
  Come(5, 8);
  AllIsSent(10);
  EXPECT_TRUE(Receive(6, /*warm_up=*/4).ok());
  ExpectFigures(3, 3);
}

TEST_F(LossesTest, ShortSequenceNumbersCountAnyNumberOfLosses) {
  UseMessagesOf(1);
  for (const uint64_t gap : {64u, 100u, 127u, 128u, 1000u}) {
    const uint64_t first = traffic_->arrivals().next();
    Come(first, first + 10);
    Come(first + 10 + gap, first + 20 + gap);
    AllIsSent(first + 30 + gap);
    EXPECT_TRUE(Receive(static_cast<int64_t>(30 + gap)).ok());
    ExpectFigures(20, static_cast<int64_t>(10 + gap));
  }
}

TEST_F(LossesTest, AnInitiatorCountsWhatHasNoEchoAndGoesOnToTheEnd) {
  int sends = 0;
  channel_.on_send = [&](const std::vector<std::byte>& message) {
    if (++sends % 3 != 0) channel_.inbox.push_back(message);  // the last, too, is lost
  };
  EXPECT_TRUE(Initiate(9).ok());
  ExpectFigures(6, 3);
  EXPECT_EQ(page_->round_trip.Snapshot().count, 6);
  EXPECT_EQ(channel_.sent.size(), 9u);
  EXPECT_TRUE(LegEnd(leg_end_, 0).IsSent());
  EXPECT_EQ(LegEnd(leg_end_, 0).Known(), 9u);
}

TEST_F(LossesTest, AStepOfOneMessageEndsThoughItsEchoIsLost) {
  for (int step = 0; step < 3; ++step) {
    EXPECT_TRUE(Initiate(1).ok());
    ExpectFigures(0, 1);
  }
}

TEST_F(LossesTest, AnEchoOfARoundThatWasGivenUpIsNeitherTheNextOneNorADuplicate) {
  for (const size_t bytes : {size_t{1}, kLossyBytes}) {
    UseMessagesOf(bytes);
    channel_.sent.clear();
    // Nothing for 100 rounds, then all of it at once.
    channel_.on_send = [&](const std::vector<std::byte>&) {
      if (channel_.sent.size() < 101) return;
      if (channel_.sent.size() == 101) {
        channel_.inbox.assign(channel_.sent.begin(), channel_.sent.end());
      } else {
        channel_.inbox.push_back(channel_.sent.back());
      }
    };
    EXPECT_TRUE(Initiate(200).ok());
    ExpectFigures(100, 100);
  }
}

TEST_F(LossesTest, AnEchoOfAnOlderLegIsNobodys) {
  ASSERT_TRUE(Initiate(5).ok());
  ExpectFigures(0, 5);
  channel_.inbox.assign(channel_.sent.begin(), channel_.sent.end());
  channel_.on_send = [&](const std::vector<std::byte>& message) {
    channel_.inbox.push_back(message);
  };
  ASSERT_TRUE(Initiate(5).ok());
  ExpectFigures(5, 0);
}

TEST_F(LossesTest, StopEndsAnInitiatorThatHearsNothing) {
  channel_.on_send = [&](const std::vector<std::byte>&) {
    if (channel_.sent.size() == 10) stop_ = 1;
  };
  EXPECT_TRUE(Initiate(1'000'000).ok());
  ExpectFigures(0, 11);
}

TEST_F(LossesTest, AResponderWhoseLastRequestIsLostEndsToo) {
  Come(0, 3);
  AllIsSent(5);
  EXPECT_TRUE(RunLeg(v1::Pattern::ROUND_TRIP, internal::RESPONDER, 5).ok());
  ExpectFigures(3, 2);
  EXPECT_EQ(channel_.sent.size(), 3u);
}

TEST_F(LossesTest, ASenderSaysHowFarTheLegGoesBeforeItsLastMessageAndThatItIsSentAfter) {
  channel_.on_send = [&](const std::vector<std::byte>&) {
    EXPECT_FALSE(LegEnd(leg_end_, 0).IsSent());
    EXPECT_EQ(LegEnd(leg_end_, 0).Known(), channel_.sent.size() == 4 ? 4u : 0u);
  };
  EXPECT_TRUE(RunLeg(v1::Pattern::STREAM, internal::SENDER, 4).ok());
  EXPECT_TRUE(LegEnd(leg_end_, 0).IsSent());
  EXPECT_EQ(LegEnd(leg_end_, 0).Known(), 4u);
}

}  // namespace
}  // namespace ipclab
