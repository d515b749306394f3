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

TEST(SequenceCheckTest, KnowsALateMessageHoweverManyCameSince) {
  SequenceCheck check(63);
  for (uint64_t sequence = 0; sequence < 10; ++sequence) check.Take(sequence);
  check.Take(12);  // 10 and 11 are missing.
  for (uint64_t sequence = 13; sequence < 5000; ++sequence) check.Take(sequence);
  EXPECT_EQ(check.Take(11).kind, Arrival::kLate);
  EXPECT_EQ(check.Take(11).kind, Arrival::kDuplicate);
  EXPECT_EQ(check.Take(10).kind, Arrival::kLate);
  EXPECT_EQ(check.Take(10).kind, Arrival::kDuplicate);
}

TEST(SequenceCheckTest, TakesAGapApartFromBothEndsAndFromTheMiddle) {
  SequenceCheck check(63);
  check.Take(100);
  for (const uint64_t late : {50u, 0u, 99u, 25u, 75u, 51u, 49u}) {
    EXPECT_EQ(check.Take(late).kind, Arrival::kLate) << late;
    EXPECT_EQ(check.Take(late).kind, Arrival::kDuplicate) << late;
  }
  for (uint64_t late = 1; late < 25; ++late) EXPECT_EQ(check.Take(late).kind, Arrival::kLate);
  for (uint64_t late = 76; late < 99; ++late) EXPECT_EQ(check.Take(late).kind, Arrival::kLate);
  EXPECT_EQ(check.Take(10).kind, Arrival::kDuplicate);
}

TEST(SequenceCheckTest, RemembersTheNewestGapsAndTakesWhatIsOlderForDuplicates) {
  SequenceCheck check(63);
  constexpr uint64_t kGaps = SequenceCheck::kGaps;
  for (uint64_t gap = 0; gap <= kGaps; ++gap) check.Take(2 * gap + 1);  // all even ones missing
  EXPECT_EQ(check.Take(0).kind, Arrival::kDuplicate);
  for (uint64_t gap = 1; gap <= kGaps; ++gap) {
    EXPECT_EQ(check.Take(2 * gap).kind, Arrival::kLate) << gap;
  }
}

TEST(SequenceCheckTest, WhatIsGivenUpIsLateWhenItComesAllTheSame) {
  SequenceCheck check(63);
  check.Take(0);
  for (uint64_t next = 2; next <= 1000; ++next) check.GoOnAt(next);  // 1 to 999, one by one
  EXPECT_EQ(check.Take(1000).kind, Arrival::kNext);
  for (uint64_t late = 1; late < 1000; ++late) ASSERT_EQ(check.Take(late).kind, Arrival::kLate);
  EXPECT_EQ(check.Take(0).kind, Arrival::kDuplicate);
  EXPECT_EQ(check.Take(1001).kind, Arrival::kNext);
}

TEST(SequenceCheckTest, WhereNothingMayBeAheadWhateverIsNotDueIsOld) {
  SequenceCheck check(7);
  check.AllowAhead(0);
  check.GoOnAt(200);
  EXPECT_EQ(check.Take(201 % 128).sequence, 201u - 128);
  EXPECT_EQ(check.Take(100).kind, Arrival::kLate);
  EXPECT_EQ(check.Take(200 % 128).kind, Arrival::kNext);
}

TEST(SequenceCheckTest, WhereNothingComesLateAGapMayBeAsLongAsTheRange) {
  SequenceCheck check(7);
  check.AllowAhead(~uint64_t{0});
  check.Take(0);
  const Arrival arrival = check.Take(128 % 128);
  EXPECT_EQ(arrival.kind, Arrival::kAfterGap);
  EXPECT_EQ(arrival.lost, 127);
  EXPECT_EQ(arrival.sequence, 128u);
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
