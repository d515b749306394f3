// `ipclab programs`, `check`, `step --script`, `replay` and `run` against a real server: what they
// print, what they complain about, and their exit codes.

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/command_line.h"
#include "tests/support/lab_server.h"

namespace ipclab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

// A file with a program, as long as it lives.
class ProgramFile {
 public:
  ProgramFile(const std::string& name, const std::string& text)
      : folder_(::testing::TempDir() + "/ipclab-program-XXXXXX") {
    EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
    path_ = folder_ + "/" + name;
    std::ofstream(path_) << text;
  }
  ProgramFile(const ProgramFile&) = delete;
  ProgramFile& operator=(const ProgramFile&) = delete;
  ~ProgramFile() { std::filesystem::remove_all(folder_); }

  const std::string& path() const { return path_; }

 private:
  std::string folder_;
  std::string path_;
};

constexpr char kTwoLocks[] =
    "title \"Two locks\"\n"
    "mutex left\n"
    "mutex right\n"
    "process P { lock(left);  lock(right); unlock(right); unlock(left) }\n"
    "process Q { lock(right); lock(left);  unlock(left);  unlock(right) }\n";

// The schedule that a trace ends with.
std::string ScheduleOf(const Ran& ran) {
  for (size_t i = 0; i + 1 < ran.lines.size(); ++i) {
    if (ran.lines[i] == "schedule") return ran.lines[i + 1].substr(1);
  }
  return "";
}

int64_t Experiments(const LabServer& server) { return server.client().List()->total_size(); }

TEST(CommandLineProgramTest, TheCatalogueIsATable) {
  const LabServer server;
  const Ran ran = Ipclab(server, {"programs"});
  EXPECT_EQ(ran.exit_code, 0) << ran.complaints;
  ASSERT_GT(ran.lines.size(), 10u);
  EXPECT_THAT(ran.lines[0], AllOf(StartsWith("name"), HasSubstr("variants"), HasSubstr("title")));
  EXPECT_THAT(ran.text(), HasSubstr("lost_update"));
}

TEST(CommandLineProgramTest, AProgramsPageHasItsTextAndKeepsTheAnswer) {
  const LabServer server;
  const Ran page = Ipclab(server, {"programs", "lost_update"});
  EXPECT_EQ(page.exit_code, 0) << page.complaints;
  EXPECT_THAT(page.text(), AllOf(HasSubstr("lost_update: Lost update"), HasSubstr("goal"),
                                 HasSubstr("over posix_shm"), HasSubstr("counter = counter + 1")));
  EXPECT_THAT(page.text(), HasSubstr("--answer shows it"));
  const Ran json = Ipclab(server, {"programs", "lost_update", "--json"});
  ASSERT_THAT(json.lines, SizeIs(1));
  EXPECT_EQ(Field(json.lines[0], "name"), "programs/lost_update");
}

TEST(CommandLineProgramTest, AProgramThatIsNotThereIsRefused) {
  const LabServer server;
  EXPECT_EQ(Ipclab(server, {"programs", "lost_updat"}).exit_code, 3);
  EXPECT_EQ(Ipclab(server, {"step", "lost_updat", "--script", "A"}).exit_code, 3);
  EXPECT_EQ(Ipclab(server, {"run", "lost_updat"}).exit_code, 3);
}

TEST(CommandLineProgramTest, AScriptThatLosesAnUpdateIsOneWithItsTrace) {
  const LabServer server;
  const Ran ran = Ipclab(server, {"step", "lost_update", "--script", "A B2 A"});
  EXPECT_EQ(ran.exit_code, 1) << ran.complaints;
  ASSERT_GT(ran.lines.size(), 4u) << ran.complaints;
  EXPECT_THAT(ran.lines[0], StartsWith("1  A read counter"));
  EXPECT_THAT(ran.lines[0], HasSubstr("-> 10"));
  EXPECT_THAT(ran.lines[1], StartsWith("2! B read counter"));
  EXPECT_THAT(ran.lines[3], AllOf(StartsWith("4  A counter = 11"), HasSubstr("FAILED finally")));
  EXPECT_THAT(ran.text(), HasSubstr("CHECK FAILED finally"));
  EXPECT_THAT(ran.text(), HasSubstr("GOAL REACHED"));
  EXPECT_EQ(Experiments(server), 0);
}

TEST(CommandLineProgramTest, WithJsonThereIsALineForEachStep) {
  const LabServer server;
  const Ran ran = Ipclab(server, {"step", "lost_update", "--script", "A2 B2", "--json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.complaints;
  ASSERT_THAT(ran.lines, SizeIs(4));
  EXPECT_EQ(Field(ran.lines[0], "step"), "1");
  EXPECT_EQ(Field(ran.lines[3], "step"), "4");
  EXPECT_THAT(ran.lines[3], HasSubstr("\"outcome\":\"counter=12\""));
}

TEST(CommandLineProgramTest, JsonWithoutAScriptTellsHowItStands) {
  const LabServer server;
  const Ran ran = Ipclab(server, {"step", "lost_update", "--schedule", "A", "--json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.complaints;
  ASSERT_THAT(ran.lines, SizeIs(1));
  EXPECT_EQ(Field(ran.lines[0], "step"), "1");
}

TEST(CommandLineProgramTest, ABlockedWorkerIsRefusedWithWhatItWaitsForAndTheStepsBefore) {
  const LabServer server;
  const Ran ran = Ipclab(server, {"step", "lost_update", "--variant", "mutex", "--script", "A B"});
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.text(), HasSubstr("1  A lock(m)"));
  EXPECT_THAT(ran.complaints, AllOf(HasSubstr("step 2"), HasSubstr("held by A")));
  EXPECT_EQ(Experiments(server), 0);
}

TEST(CommandLineProgramTest, ADeadlockIsNamedWithWhoWaitsForWhom) {
  const LabServer server;
  const ProgramFile file("two.lab", kTwoLocks);
  const Ran ran = Ipclab(server, {"step", file.path(), "--script", "A B"});
  EXPECT_EQ(ran.exit_code, 1) << ran.complaints;
  EXPECT_THAT(ran.text(), HasSubstr("DEADLOCK"));
  EXPECT_THAT(ran.text(), HasSubstr("held by B"));
}

TEST(CommandLineProgramTest, AScheduleIsReplayedOnProcessesAndOnTheModelAlike) {
  const LabServer server;
  const Ran first = Ipclab(server, {"step", "lost_update", "--script", "A B2 A"});
  const std::string schedule = ScheduleOf(first);
  ASSERT_THAT(schedule, StartsWith("lost_update racy @")) << first.text();
  const Ran real = Ipclab(server, {"replay", schedule});
  EXPECT_EQ(real.exit_code, 1) << real.complaints;
  EXPECT_EQ(real.lines, first.lines);
  const Ran model = Ipclab(server, {"replay", schedule, "--model"});
  EXPECT_EQ(model.exit_code, 1) << model.complaints;
  ASSERT_GT(model.lines.size(), 4u);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(model.lines[i], first.lines[i]);
  EXPECT_EQ(Experiments(server), 0);
}

TEST(CommandLineProgramTest, AScheduleOfAnotherVersionIsRefused) {
  const LabServer server;
  const Ran ran = Ipclab(server, {"replay", "lost_update racy @00000000 : A B"});
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.complaints, HasSubstr("00000000"));
  EXPECT_EQ(Ipclab(server, {"replay", "A B"}).exit_code, 2);
  EXPECT_EQ(Ipclab(server, {"replay", "lost_update racy @00000000 : A ?"}).exit_code, 2);
}

TEST(CommandLineProgramTest, AScheduleOfAFileNeedsTheFile) {
  const LabServer server;
  const ProgramFile file("two.lab", kTwoLocks);
  const std::string schedule =
      ScheduleOf(Ipclab(server, {"step", file.path(), "--script", "A4 B4"}));
  ASSERT_FALSE(schedule.empty());
  const Ran ran = Ipclab(server, {"replay", schedule, "--program", file.path()});
  EXPECT_EQ(ran.exit_code, 0) << ran.complaints;
  EXPECT_THAT(ran.text(), HasSubstr("DONE"));
}

TEST(CommandLineProgramTest, CheckSaysAllThatIsWrongAtOnce) {
  const LabServer server;
  const ProgramFile file("bad.lab",
                         "shared counter = 0\nprocess P {\n  conter = conter + 1\n  lock(m)\n}\n");
  const Ran ran = Ipclab(server, {"check", file.path()});
  EXPECT_EQ(ran.exit_code, 1) << ran.complaints;
  EXPECT_THAT(ran.text(), HasSubstr("bad.lab:3:"));
  EXPECT_THAT(ran.text(), HasSubstr("bad.lab:4:"));
  EXPECT_THAT(ran.text(), HasSubstr("^"));
  const Ran step = Ipclab(server, {"step", file.path(), "--script", "A"});
  EXPECT_EQ(step.exit_code, 3);
  EXPECT_THAT(step.complaints, HasSubstr("bad.lab:3:"));
}

TEST(CommandLineProgramTest, CheckOfAGoodProgramHasAHashAndAListing) {
  const LabServer server;
  const ProgramFile file("two.lab", kTwoLocks);
  const Ran ran = Ipclab(server, {"check", file.path(), "--listing"});
  EXPECT_EQ(ran.exit_code, 0) << ran.complaints;
  EXPECT_THAT(ran.text(), AllOf(HasSubstr("lock(left)"), HasSubstr("hash"),
                                HasSubstr("8 operations are steps")));
}

TEST(CommandLineProgramTest, AFreeRunHasAnOutcomeAndWhatEachWorkerDid) {
  const LabServer server;
  const Ran ran =
      Ipclab(server, {"run", "lost_update", "--variant", "mutex", "--param", "rounds=1000"});
  EXPECT_EQ(ran.exit_code, 0) << ran.complaints << ran.text();
  EXPECT_THAT(ran.text(), AllOf(HasSubstr("counter=2010"), HasSubstr("every check holds"),
                                HasSubstr("operations")));
  EXPECT_EQ(Experiments(server), 0);
}

TEST(CommandLineProgramTest, RunsThatAreRepeatedAreALineEach) {
  const LabServer server;
  const Ran ran =
      Ipclab(server, {"run", "lost_update", "--variant", "atomic", "--repeat", "3", "--json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.complaints;
  ASSERT_THAT(ran.lines, SizeIs(3));
  for (const std::string& line : ran.lines) EXPECT_EQ(Field(line, "outcome"), "counter=12");
}

TEST(CommandLineProgramTest, AFreeRunThatDeadlocksEndsByItsTimeLimit) {
  const LabServer server;
  // Waits for itself: no chance about it.
  const ProgramFile file("stuck.lab", "semaphore s = 0\nprocess P { wait(s) }\n");
  const Ran ran = Ipclab(server, {"run", file.path(), "--time-limit", "1s"});
  EXPECT_EQ(ran.exit_code, 1) << ran.complaints << ran.text();
  EXPECT_EQ(Experiments(server), 0);
}

TEST(CommandLineProgramTest, ASlipInTheFlagsIsUsage) {
  const LabServer server;
  EXPECT_EQ(Ipclab(server, {"step", "lost_update", "--script", "A?"}).exit_code, 2);
  EXPECT_EQ(Ipclab(server, {"step", "lost_update", "--param", "n", "--script", "A"}).exit_code, 2);
  EXPECT_EQ(Ipclab(server, {"step", "/nowhere/my.lab", "--script", "A"}).exit_code, 2);
  EXPECT_EQ(Ipclab(server, {"run", "lost_update", "--repeat", "0"}).exit_code, 2);
  const Ran ran = Ipclab(server, {"step", "lost_update"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.complaints, HasSubstr("--script"));
}

TEST(CommandLineProgramTest, WhatTheServerKnowsBetterItRefuses) {
  const LabServer server;
  for (const std::vector<std::string>& flags : {std::vector<std::string>{"--variant", "none_such"},
                                                {"--param", "workers=99"},
                                                {"--param", "none_such=1"},
                                                {"--mechanism", "counter=pipe"},
                                                {"--mechanism", "none_such=pipe"}}) {
    std::vector<std::string> words = {"step", "lost_update", "--script", "A"};
    words.insert(words.end(), flags.begin(), flags.end());
    EXPECT_EQ(Ipclab(server, words).exit_code, 3) << flags[1];
  }
  EXPECT_EQ(Experiments(server), 0);
}

TEST(CommandLineProgramTest, WithoutAServerAPrivateOneDoes) {
  const LabServer server;
  const Ran ran =
      Ipclab(server, {"step", "lost_update", "--script", "A2 B2"}, /*with_server=*/false);
  EXPECT_EQ(ran.exit_code, 0) << ran.complaints;
  EXPECT_THAT(ran.text(), HasSubstr("DONE outcome counter=12"));
}

}  // namespace
}  // namespace ipclab
