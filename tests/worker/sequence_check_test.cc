#include "worker/sequence_check.h"

#include "gtest/gtest.h"

namespace ipclab {
namespace {

TEST(SequenceCheckTest, TakesAnUnbrokenStreamOfCutNumbersForWhatItIs) {
  SequenceCheck check(7);
  for (uint64_t sequence = 0; sequence < 1000; ++sequence) {
    const Arrival arrival = check.Take(sequence % 128);
    EXPECT_EQ(arrival.kind, Arrival::kNext);
    EXPECT_EQ(arrival.sequence, sequence);
  }
  EXPECT_EQ(check.next(), 1000u);
}

TEST(SequenceCheckTest, CountsAGapOnceAndGoesOnBehindIt) {
  SequenceCheck check(63);
  check.Take(0);
  const Arrival arrival = check.Take(4);
  EXPECT_EQ(arrival.kind, Arrival::kAfterGap);
  EXPECT_EQ(arrival.lost, 3);
  EXPECT_EQ(check.Take(5).kind, Arrival::kNext);
}

TEST(SequenceCheckTest, KnowsALateMessageFromADuplicate) {
  SequenceCheck check(63);
  check.Take(0);
  check.Take(2);
  const Arrival late = check.Take(1);
  EXPECT_EQ(late.kind, Arrival::kLate);
  EXPECT_EQ(late.sequence, 1u);
  EXPECT_FALSE(late.is_new());
  EXPECT_EQ(check.Take(1).kind, Arrival::kDuplicate);
  EXPECT_EQ(check.Take(0).kind, Arrival::kDuplicate);
  EXPECT_EQ(check.Take(3).kind, Arrival::kNext);
}

TEST(SequenceCheckTest, KnowsThemInCutNumbersAcrossTheirWrap) {
  SequenceCheck check(7);
  for (uint64_t sequence = 0; sequence < 126; ++sequence) check.Take(sequence);
  const Arrival gap = check.Take(130 % 128);
  EXPECT_EQ(gap.kind, Arrival::kAfterGap);
  EXPECT_EQ(gap.sequence, 130u);
  EXPECT_EQ(gap.lost, 4);
  const Arrival late = check.Take(127);
  EXPECT_EQ(late.kind, Arrival::kLate);
  EXPECT_EQ(late.sequence, 127u);
  EXPECT_EQ(check.Take(127).kind, Arrival::kDuplicate);
}

TEST(SequenceCheckTest, RemembersTheNewest64AndTakesOlderOnesForDuplicates) {
  SequenceCheck check(63);
  for (uint64_t sequence = 0; sequence < 10; ++sequence) check.Take(sequence);
  check.Take(12);  // 10 and 11 are missing.
  for (uint64_t sequence = 13; sequence < 75; ++sequence) check.Take(sequence);
  EXPECT_EQ(check.Take(11).kind, Arrival::kLate);
  EXPECT_EQ(check.Take(10).kind, Arrival::kDuplicate);
}

TEST(SequenceCheckTest, ForgetsNothingWrongAfterAGapLongerThanItsMemory) {
  SequenceCheck check(63);
  check.Take(0);
  EXPECT_EQ(check.Take(1000).lost, 999);
  EXPECT_EQ(check.Take(999).kind, Arrival::kLate);
  EXPECT_EQ(check.Take(1000).kind, Arrival::kDuplicate);
}

TEST(SequenceCheckTest, TakesNumbersBeforeTheFirstForDuplicates) {
  SequenceCheck check(7);
  EXPECT_EQ(check.Take(100).kind, Arrival::kDuplicate);
  EXPECT_EQ(check.Take(0).kind, Arrival::kNext);
}

}  // namespace
}  // namespace ipclab
