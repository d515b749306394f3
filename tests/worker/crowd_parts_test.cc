// Parts of the patterns for several workers over scripted channels: who gets what, when a leg is
// over, and what is counted when something is wrong.

#include <sys/eventfd.h>

#include <cerrno>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "common/unique_fd.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "worker/patterns/pattern.h"
#include "worker/patterns/shared_way.h"

namespace ipclab {
namespace {

using testing::ElementsAre;
using v1::Pattern;

constexpr size_t kBytes = 16;

// Hands out what a test has put there. Readable as long as there is some of it.
class Box final : public Channel {
 public:
  IoStatus Send(std::span<const std::byte> message) override {
    if (refuses) return Fail(ENOBUFS);
    sent.emplace_back(message.begin(), message.end());
    return IoStatus::kOk;
  }
  IoStatus Receive(std::span<std::byte> message) override { return TryReceive(message); }
  IoStatus TrySend(std::span<const std::byte> message) override { return Send(message); }
  IoStatus TryReceive(std::span<std::byte> message) override {
    if (inbox.empty()) return closed ? IoStatus::kPeerClosed : IoStatus::kWouldBlock;
    std::copy(inbox.front().begin(), inbox.front().end(), message.begin());
    inbox.pop_front();
    ++taken;
    if (on_take) on_take();
    return IoStatus::kOk;
  }
  int ReadableDescriptor() const override { return event.get(); }
  absl::StatusOr<int64_t> Depth() const override { return absl::UnimplementedError("scripted"); }

  std::deque<std::vector<std::byte>> inbox;
  std::vector<std::vector<std::byte>> sent;
  std::function<void()> on_take;
  UniqueFd event{::eventfd(1, EFD_CLOEXEC)};
  bool refuses = false;
  bool closed = false;
  int taken = 0;
};

class CrowdPartsTest : public testing::Test {
 protected:
  // One box for each link. senders and receivers: of each link.
  void Link(int links, int senders = 1, int receivers = 1) {
    for (int i = 0; i < links; ++i) {
      boxes_.push_back(std::make_unique<Box>());
      traffic_.push_back(std::make_unique<Traffic>(format_, /*verify=*/false, false));
      internal::LinkSetup& link = *setup_.add_links();
      link.set_link(i);
      link.set_senders(senders);
      link.set_receivers(receivers);
    }
  }

  LegOutcome Run(Pattern::Kind pattern, internal::Role role, int64_t messages, bool lossy = false) {
    figures_.Clear();
    setup_.mutable_measure()->set_pattern(pattern);
    internal::Leg leg;
    leg.set_messages(messages);
    std::vector<Lane> lanes;
    for (size_t i = 0; i < boxes_.size(); ++i) {
      const uint64_t first = traffic_[i]->arrivals().next();
      lanes.push_back({*boxes_[i], *traffic_[i], first, LegEnd(control_->leg_ends[i], first),
                       setup_.links(static_cast<int>(i))});
    }
    LegRun run = {.channel = lanes[0].channel,
                  .clock = clock_,
                  .traffic = lanes[0].traffic,
                  .figures = figures_,
                  .limit = LegLimit(leg, clock_, control_->stop),
                  .first_counted = lanes[0].first_counted,
                  .lossy = lossy,
                  .leg_end = lanes[0].leg_end,
                  .lanes = lanes,
                  .setup = setup_,
                  .page = *control_};
    return FindPattern(pattern)->Find(role)->run(run);
  }

  void Comes(size_t link, uint64_t number, bool last = false) {
    std::vector<std::byte> message(kBytes);
    format_.WriteHeader(message, number, last);
    boxes_[link]->inbox.push_back(message);
  }
  std::vector<uint64_t> SentOn(size_t link) const {
    std::vector<uint64_t> numbers;
    for (const auto& message : boxes_[link]->sent) {
      numbers.push_back(format_.ReadHeader(message).sequence);
    }
    return numbers;
  }
  bool LastIsMarked(size_t link) const {
    return format_.ReadHeader(boxes_[link]->sent.back()).last;
  }

  const MessageFormat format_{kBytes, /*pattern_stamps=*/false};
  const Clock clock_ = Clock::System();
  const std::unique_ptr<WorkerPage> page_ = std::make_unique<WorkerPage>();
  const std::unique_ptr<ControlPage> control_ = std::make_unique<ControlPage>();
  internal::WorkerSetup setup_;
  Figures figures_{*page_, clock_, /*cpu=*/-1};
  std::vector<std::unique_ptr<Box>> boxes_;
  std::vector<std::unique_ptr<Traffic>> traffic_;
};

class LanesTest : public CrowdPartsTest, public testing::WithParamInterface<v1::MeasureSpec::Wait> {
 protected:
  LanesTest() { setup_.mutable_measure()->set_wait(GetParam()); }
};

TEST_P(LanesTest, AReceiverGoesOnUntilTheLastMessageOfEveryLane) {
  Link(3);
  Comes(0, 0, /*last=*/true);
  for (uint64_t number = 0; number < 10; ++number) Comes(1, number, number == 9);
  for (uint64_t number = 0; number < 5; ++number) Comes(2, number, number == 4);
  EXPECT_TRUE(Run(Pattern::FAN_IN, internal::RECEIVER, 0).ok());
  EXPECT_EQ(page_->messages, 16);
  EXPECT_EQ(page_->lost + page_->duplicated + page_->reordered, 0);
}

TEST_P(LanesTest, ALaneThatAlwaysHasSomethingStarvesNoOther) {
  Link(2);
  for (uint64_t number = 0; number < 100; ++number) Comes(0, number, number == 99);
  for (uint64_t number = 0; number < 20; ++number) Comes(1, number, number == 19);
  int of_other = 0;
  boxes_[1]->on_take = [&] {
    if (boxes_[1]->taken == 20) of_other = boxes_[0]->taken;
  };
  EXPECT_TRUE(Run(Pattern::FAN_IN, internal::RECEIVER, 0).ok());
  EXPECT_LE(of_other, 21);
}

TEST_P(LanesTest, AnEndOfOneLaneBeforeItsLastMessageEndsTheLegWithIt) {
  Link(2);
  Comes(0, 0);
  Comes(1, 0, /*last=*/true);
  boxes_[0]->closed = true;
  EXPECT_EQ(Run(Pattern::FAN_IN, internal::RECEIVER, 0).status, IoStatus::kPeerClosed);
}

TEST_P(LanesTest, SilenceEndsEveryLaneOfWhichAllWasSentAndLossesAddUp) {
  Link(2);
  for (auto& box : boxes_) box->event.Reset(::eventfd(0, EFD_CLOEXEC));  // says nothing
  Comes(0, 0);
  Comes(0, 3);
  Comes(1, 1);
  LegEnd(control_->leg_ends[0], 0).Sent(6);
  LegEnd(control_->leg_ends[1], 0).Sent(2);
  EXPECT_TRUE(Run(Pattern::FAN_IN, internal::RECEIVER, 0, /*lossy=*/true).ok());
  EXPECT_EQ(page_->messages, 3);
  EXPECT_EQ(page_->lost, 4 + 1);
}

INSTANTIATE_TEST_SUITE_P(Each, LanesTest,
                         testing::Values(v1::MeasureSpec::BLOCK, v1::MeasureSpec::SPIN,
                                         v1::MeasureSpec::SPIN_THEN_BLOCK),
                         [](const auto& test) { return v1::MeasureSpec::Wait_Name(test.param); });

TEST_F(CrowdPartsTest, ASenderDealsWholeRoundsAndMarksTheLastMessageOfEveryLane) {
  Link(3);
  EXPECT_TRUE(Run(Pattern::FAN_OUT, internal::SENDER, 2).ok());
  EXPECT_EQ(page_->messages, 6);
  for (size_t link = 0; link < 3; ++link) {
    EXPECT_THAT(SentOn(link), ElementsAre(0, 1));
    EXPECT_TRUE(LastIsMarked(link));
    EXPECT_FALSE(format_.ReadHeader(boxes_[link]->sent.front()).last);
  }
}

TEST_F(CrowdPartsTest, ABroadcastIsACopyOnEveryLaneAndOneMessageOfTheSender) {
  Link(3);
  EXPECT_TRUE(Run(Pattern::BROADCAST, internal::SENDER, 4).ok());
  EXPECT_EQ(page_->messages, 4);
  for (size_t link = 0; link < 3; ++link) EXPECT_THAT(SentOn(link), ElementsAre(0, 1, 2, 3));
}

TEST_F(CrowdPartsTest, WhatOneLaneRefusesIsTheSendersError) {
  Link(2);
  boxes_[1]->refuses = true;
  for (const auto pattern : {Pattern::FAN_OUT, Pattern::BROADCAST}) {
    const LegOutcome outcome = Run(pattern, internal::SENDER, 4);
    EXPECT_EQ(outcome.status, IoStatus::kError);
    EXPECT_EQ(outcome.error, ENOBUFS);
  }
}

TEST_F(CrowdPartsTest, ARelayPassesOnWhatItReceivedAsItIs) {
  Link(2);
  for (uint64_t number = 0; number < 5; ++number) Comes(0, number, number == 4);
  const std::vector<std::vector<std::byte>> came(boxes_[0]->inbox.begin(), boxes_[0]->inbox.end());
  EXPECT_TRUE(Run(Pattern::PIPELINE, internal::RELAY, 0).ok());
  EXPECT_EQ(boxes_[1]->sent, came);
  EXPECT_EQ(page_->messages, 5);
}

// Of two senders with two receivers the second one is the last to finish.
TEST_F(CrowdPartsTest, TheLastSenderOfOneObjectMarksTheEndForEachReceiver) {
  Link(1, /*senders=*/2, /*receivers=*/2);
  setup_.set_rank(1);
  EXPECT_TRUE(Run(Pattern::FAN_IN, internal::SENDER, 3).ok());
  EXPECT_THAT(SentOn(0), ElementsAre(1, 3, 5));
  EXPECT_TRUE(Run(Pattern::FAN_IN, internal::SENDER, 1).ok());
  EXPECT_THAT(SentOn(0), ElementsAre(1, 3, 5, 7, kEndMark, kEndMark));
  EXPECT_EQ(control_->sent, 4);
}

TEST_F(CrowdPartsTest, OneReceiverOfOneObjectSeesWhatIsWrongWithTheMessagesOfEachSender) {
  Link(1, /*senders=*/3);
  control_->senders_done = 3;
  control_->sent = 7;
  for (const uint64_t number : {0, 4, 1, 4, 9, 2}) Comes(0, number);  // 4 twice, 5 never
  Comes(0, 3);                                                        // of a sender that is not
  Comes(0, kEndMark, true);
  EXPECT_TRUE(Run(Pattern::FAN_IN, internal::RECEIVER, 0).ok());
  EXPECT_EQ(page_->messages, 5);
  EXPECT_EQ(page_->duplicated, 1);
  EXPECT_EQ(page_->corrupted, 1);
  EXPECT_EQ(page_->lost, 2) << "of all that was sent";
}

TEST_F(CrowdPartsTest, OneOfSeveralReceiversMissesNothingButWhatRunsBackwards) {
  Link(1, /*senders=*/1, /*receivers=*/2);
  control_->senders_done = 1;
  for (const uint64_t number : {0, 5, 9, 7}) Comes(0, number);
  Comes(0, kEndMark, true);
  EXPECT_TRUE(Run(Pattern::FAN_OUT, internal::RECEIVER, 0).ok());
  EXPECT_EQ(page_->messages, 4);
  EXPECT_EQ(page_->lost, 0);
  EXPECT_EQ(page_->reordered, 1);
  EXPECT_EQ(control_->received, 4);
}

}  // namespace
}  // namespace ipclab
