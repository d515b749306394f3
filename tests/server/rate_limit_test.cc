#include "server/security/rate_limit.h"

#include <string>

#include "gtest/gtest.h"

namespace ipclab {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

// How many it gives at this moment.
int TakeAll(RateLimit& limit, const std::string& name, absl::Time now) {
  int taken = 0;
  while (limit.Take(name, now) == absl::ZeroDuration()) ++taken;
  return taken;
}

TEST(RateLimitTest, GivesTheBurstAtOnceAndThenTheRate) {
  RateLimit limit(200, 1000);
  EXPECT_EQ(TakeAll(limit, "a", kStart), 1000);
  EXPECT_EQ(TakeAll(limit, "a", kStart + absl::Seconds(1)), 200);
  EXPECT_EQ(TakeAll(limit, "a", kStart + absl::Seconds(3)), 400);
}

TEST(RateLimitTest, NeverHoldsMoreThanTheBurst) {
  RateLimit limit(200, 1000);
  TakeAll(limit, "a", kStart);
  EXPECT_EQ(TakeAll(limit, "a", kStart + absl::Hours(1)), 1000);
}

TEST(RateLimitTest, SaysHowLongToWaitAndKeepsItsWord) {
  RateLimit limit(4, 1);
  TakeAll(limit, "a", kStart);
  const absl::Duration wait = limit.Take("a", kStart);
  EXPECT_EQ(wait, absl::Milliseconds(250));
  EXPECT_GT(limit.Take("a", kStart + wait - absl::Milliseconds(1)), absl::ZeroDuration());
  EXPECT_EQ(limit.Take("a", kStart + wait), absl::ZeroDuration());
}

TEST(RateLimitTest, OneDoesNotTakeFromAnother) {
  RateLimit limit(1, 3);
  EXPECT_EQ(TakeAll(limit, "a", kStart), 3);
  EXPECT_EQ(TakeAll(limit, "b", kStart), 3);
}

TEST(RateLimitTest, AClockThatIsSetBackStopsNobodyForLong) {
  RateLimit limit(1, 1);
  TakeAll(limit, "a", kStart);
  EXPECT_GT(limit.Take("a", kStart - absl::Hours(1)), absl::ZeroDuration());
  EXPECT_EQ(limit.Take("a", kStart - absl::Hours(1) + absl::Seconds(1)), absl::ZeroDuration());
}

TEST(RateLimitTest, RemembersABoundedNumberOfNames) {
  RateLimit limit(0.001, 2);
  for (int i = 0; i < 10'000; ++i) limit.Take("n" + std::to_string(i), kStart);
  EXPECT_LE(limit.size(), 1024u);
}

TEST(RateLimitTest, WhoHasTakenMostIsNotForgottenForWhoCameOnce) {
  RateLimit limit(0.001, 2);
  TakeAll(limit, "greedy", kStart);
  for (int i = 0; i < 5'000; ++i) limit.Take("n" + std::to_string(i), kStart);
  EXPECT_GT(limit.Take("greedy", kStart), absl::ZeroDuration());
}

}  // namespace
}  // namespace ipclab
