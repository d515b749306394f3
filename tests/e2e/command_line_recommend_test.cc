// `ipclab recommend` as people and scripts use it.

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/command_line.h"

namespace ipclab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(RecommendCommandTest, WhatMeasureMeasuredIsInTheAnswer) {
  const LabServer server;
  // Of a platform that moves not every trial counts.
  bool known = false;
  for (int i = 0; i < 10 && !known; ++i) {
    const Ran measured = Ipclab(server, {"measure", "pipe", "--trials", "2", "--messages", "2000"});
    ASSERT_EQ(measured.exit_code, 0) << measured.complaints;
    const Ran ran = Ipclab(server, {"recommend", "--bytes", "64", "--json"});
    ASSERT_EQ(ran.exit_code, 0) << ran.complaints;
    ASSERT_EQ(ran.lines.size(), 1u);
    const auto first =
        Json(ran.lines[0]).fields().at("recommendations").list_value().values(0).struct_value();
    EXPECT_EQ(first.fields().at("mechanism").string_value(), "pipe");
    known = first.fields().count("measured") > 0;
  }
  EXPECT_TRUE(known);
  const Ran page = Ipclab(server, {"recommend"});
  EXPECT_THAT(page.text(), AllOf(HasSubstr("Measured: round_trip of 64 B, block"),
                                 HasSubstr("ipclab measure pipe ")));
}

TEST(RecommendCommandTest, WithoutAServerItSaysThatItHasNoFigures) {
  const LabServer server;
  const Ran ran = Ipclab(server, {"recommend", "--bytes", "4M", "--one-way"}, false);
  ASSERT_EQ(ran.exit_code, 0) << ran.complaints;
  EXPECT_THAT(ran.text(), AllOf(HasSubstr("Messages of 4 MiB, one way, 1:1"),
                                HasSubstr("no server is running"), HasSubstr("Start ipclabd")));
}

TEST(RecommendCommandTest, AWordThatMakesNoSenseIsAUsageError) {
  const LabServer server;
  const Ran ran = Ipclab(server, {"recommend", "--pattern", "2:2"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.complaints, AllOf(HasSubstr("--pattern"), HasSubstr("1:1, 1:n, n:1 or n:m")));
  EXPECT_THAT(ran.text(), Not(HasSubstr("Messages of")));
}

}  // namespace
}  // namespace ipclab
