#include "worker/leg_limit.h"

#include "gtest/gtest.h"

namespace ipclab {
namespace {

class LegLimitTest : public testing::Test {
 protected:
  LegLimit Make(int64_t warm_up, int64_t messages, int64_t duration_nanos) {
    internal::Leg leg;
    leg.set_warm_up(warm_up);
    leg.set_messages(messages);
    leg.set_duration_nanos(duration_nanos);
    return LegLimit(leg, clock_, stop_);
  }

  const Clock clock_ = Clock::System();  // a tick is a nanosecond
  std::atomic<uint32_t> stop_ = 0;
};

TEST_F(LegLimitTest, MarksTheLastOfTheCountedMessagesBehindTheWarmUp) {
  LegLimit limit = Make(2, 3, 0);
  for (int message = 0; message < 4; ++message) {
    EXPECT_EQ(limit.NextCounts(), message >= 2);
    EXPECT_FALSE(limit.NextIsLast());
    limit.Sent(0, 0);
  }
  EXPECT_TRUE(limit.NextIsLast());
  EXPECT_TRUE(limit.NextCounts());
}

TEST_F(LegLimitTest, MarksTheFirstWhenOnlyOneIsWanted) { EXPECT_TRUE(Make(0, 1, 0).NextIsLast()); }

TEST_F(LegLimitTest, TimesADurationFromTheFirstCountedMessage) {
  LegLimit limit = Make(1, 0, 1000);
  limit.Sent(0, 5000);  // warm-up
  EXPECT_FALSE(limit.NextIsLast());
  limit.Sent(6000, 6500);
  EXPECT_FALSE(limit.NextIsLast());
  limit.Sent(6600, 7001);
  EXPECT_TRUE(limit.NextIsLast());
}

TEST_F(LegLimitTest, StopMarksTheNextMessageEvenInWarmUp) {
  LegLimit limit = Make(10, 10, 0);
  limit.Sent(0, 1);
  EXPECT_FALSE(limit.NextIsLast());
  stop_ = 1;
  EXPECT_TRUE(limit.NextIsLast());
  EXPECT_FALSE(limit.NextCounts());
}

TEST_F(LegLimitTest, WithoutAnAmountOnlyStopEndsIt) {
  LegLimit limit = Make(0, 0, 0);
  limit.Sent(0, uint64_t{1} << 62);
  EXPECT_FALSE(limit.NextIsLast());
  stop_ = 1;
  EXPECT_TRUE(limit.NextIsLast());
}

}  // namespace
}  // namespace ipclab
