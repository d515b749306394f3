// `ipclab explore` against a real server: what it finds, its exit codes, and that what it prints to
// be copied is true.

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/command_line.h"
#include "tests/support/lab_server.h"

namespace ipclab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// The exploration in the last line of --json.
google::protobuf::Struct ExplorationOf(const Ran& ran) {
  if (ran.lines.empty()) return {};
  return Json(ran.lines.back()).fields().at("exploration").struct_value();
}

std::string Text(const google::protobuf::Struct& object, const std::string& key) {
  const auto field = object.fields().find(key);
  return field == object.fields().end() ? "" : field->second.string_value();
}

TEST(CommandLineExploreTest, BothEnginesCountTheLostUpdateAlike) {
  const LabServer server;
  for (const std::string engine : {"real", "model"}) {
    const Ran ran =
        Ipclab(server, {"explore", "lost_update", "--mode", "count", "--engine", engine, "--json"});
    EXPECT_EQ(ran.exit_code, 1) << ran.complaints;
    const auto exploration = ExplorationOf(ran);
    EXPECT_EQ(Text(exploration, "schedules"), "6");
    EXPECT_EQ(Text(exploration, "failing"), "4");
    EXPECT_EQ(Text(exploration, "deadlocked"), "0");
    EXPECT_TRUE(exploration.fields().at("complete").bool_value());
  }
}

TEST(CommandLineExploreTest, WhatCannotFailExitsWith0) {
  const LabServer server;
  const Ran ran = Ipclab(server, {"explore", "lost_update", "--variant", "mutex", "--mode", "count",
                                  "--engine", "model"});
  EXPECT_EQ(ran.exit_code, 0) << ran.complaints;
  EXPECT_THAT(ran.text(), AllOf(HasSubstr("failing         0 (0%)"), HasSubstr("counter=12")));
}

TEST(CommandLineExploreTest, ThePageHasAScheduleThatFailsWhenItIsReplayed) {
  const LabServer server;
  const Ran page = Ipclab(server, {"explore", "ab_ba_locks", "--engine", "model"});
  EXPECT_EQ(page.exit_code, 1) << page.complaints;
  EXPECT_THAT(page.text(), AllOf(HasSubstr("a schedule that fails"), HasSubstr("held by B")));
  const Ran json = Ipclab(server, {"explore", "ab_ba_locks", "--engine", "model", "--json"});
  const auto finding = ExplorationOf(json).fields().at("finding").struct_value();
  const std::string schedule = Text(finding, "schedule");
  EXPECT_THAT(page.text(), HasSubstr("ipclab replay '" + schedule + "'"));
  EXPECT_EQ(Ipclab(server, {"replay", schedule}).exit_code, 1);
  EXPECT_EQ(Ipclab(server, {"replay", schedule, "--model"}).exit_code, 1);
}

TEST(CommandLineExploreTest, TheSchedulePassesThatIsSaidTo) {
  const LabServer server;
  const Ran json = Ipclab(server, {"explore", "lost_update", "--engine", "model", "--json"});
  const auto finding = ExplorationOf(json).fields().at("finding").struct_value();
  const auto details = finding.fields().at("details").struct_value();
  const std::string passing = Text(details, "passingSchedule");
  ASSERT_NE(passing, "");
  EXPECT_EQ(Ipclab(server, {"replay", passing, "--model"}).exit_code, 0);
}

TEST(CommandLineExploreTest, ALivelockHasItsLoop) {
  const LabServer server;
  const Ran ran = Ipclab(server, {"explore", "trylock_livelock", "--variant", "for_ever", "--mode",
                                  "count", "--engine", "model"});
  EXPECT_THAT(ran.text(), AllOf(HasSubstr("infinitely many"), HasSubstr("then for ever   A")));
}

TEST(CommandLineExploreTest, OptionsOfAnotherModeAreRefusedAllAtOnce) {
  const LabServer server;
  const Ran ran = Ipclab(
      server, {"explore", "lost_update", "--mode", "find", "--reduction", "none", "--seed", "1"});
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.complaints, AllOf(HasSubstr("reduction"), HasSubstr("seed")));
  EXPECT_THAT(ran.lines, SizeIs(0));
}

TEST(CommandLineExploreTest, WithoutAServerAPrivateOneExplores) {
  const LabServer server;
  const Ran ran = Ipclab(server, {"explore", "lost_update", "--engine", "model"},
                         /*with_server=*/false);
  EXPECT_EQ(ran.exit_code, 1) << ran.complaints;
  EXPECT_THAT(ran.text(), HasSubstr("a schedule that fails"));
}

}  // namespace
}  // namespace ipclab
