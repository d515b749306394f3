#include "clients/cli/moment.h"

#include <gtest/gtest.h>

#include "google/protobuf/timestamp.pb.h"

namespace ipclab::cli {
namespace {

TEST(RoughText, HasTwoUnitsAtMost) {
  EXPECT_EQ(RoughText(absl::Milliseconds(250)), "250ms");
  EXPECT_EQ(RoughText(absl::Milliseconds(12'900)), "12s");
  EXPECT_EQ(RoughText(absl::Seconds(185)), "3m 5s");
  EXPECT_EQ(RoughText(absl::Seconds(7'261)), "2h 1m");
  EXPECT_EQ(RoughText(absl::Hours(97)), "4d 1h");
  EXPECT_EQ(RoughText(absl::Hours(1) + absl::Seconds(3)), "1h") << "no unit is left out between";
}

TEST(RoughText, NothingAndLessIsZero) {
  EXPECT_EQ(RoughText(absl::ZeroDuration()), "0s");
  EXPECT_EQ(RoughText(absl::Seconds(-5)), "0s");
}

TEST(AgoText, WhatAFasterClockMadeIsNow) {
  const absl::Time now = absl::FromUnixSeconds(1'000'000);
  EXPECT_EQ(AgoText(now - absl::Minutes(3), now), "3m ago");
  EXPECT_EQ(AgoText(now + absl::Seconds(30), now), "now");
}

TEST(MomentText, IsWhatFiltersTake) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(1'767'225'600);
  timestamp.set_nanos(42'000'000);
  EXPECT_EQ(MomentText(TimeOf(timestamp)), "2026-01-01T00:00:00Z");
  EXPECT_EQ(ClockText(TimeOf(timestamp)), "00:00:00.042");
}

}  // namespace
}  // namespace ipclab::cli
