// What steps do to channels, by each discipline.

#include <gtest/gtest.h>

#include <cerrno>
#include <limits>
#include <string>
#include <utility>

#include "tests/common/program_run.h"

namespace ipclab {
namespace {

Program WithDiscipline(std::string_view source, Discipline discipline) {
  Program program = Compiled(source);
  program.objects[FindObject(program, "c")].discipline = discipline;
  return program;
}

// What a worker B receives, one record after the other.
std::string Received(ProgramRun& run, int count) {
  std::string values;
  for (int i = 0; i < count; ++i) values += std::to_string(run.Step('B').result) + " ";
  return values;
}

constexpr const char* kTagged = R"(
channel c[4]
process A { send(c, 10, 1); send(c, 20, 9); send(c, 30, 5); send(c, 40, 9) }
process B { repeat 4 { x = receive(c) } }
)";

TEST(MachineChannelTest, HoldsSoManyRecords) {
  ProgramRun run(
      "channel c[2]\nprocess A { repeat 3 { send(c, 7) } }\nprocess B { x = receive(c) }");
  EXPECT_EQ(run.Enabled(), "A");
  run.Steps("A2");
  EXPECT_EQ(run.Object("c"), "2 of 2 records");
  EXPECT_EQ(run.Enabled(), "B");
  const Event received = run.Step('B');
  EXPECT_EQ(received.result, 7);
  EXPECT_EQ(received.before, 2);
  EXPECT_EQ(received.after, 1);
  EXPECT_EQ(run.Enabled(), "A");
}

TEST(MachineChannelTest, InOrderTagsDoNotMatter) {
  ProgramRun run(WithDiscipline(kTagged, Discipline::kInOrder));
  run.Steps("A4");
  EXPECT_EQ(Received(run, 4), "10 20 30 40 ");
}

TEST(MachineChannelTest, ByPriorityTheHighestThenTheOldest) {
  ProgramRun run(WithDiscipline(kTagged, Discipline::kByPriority));
  run.Steps("A4");
  EXPECT_EQ(Received(run, 4), "20 40 30 10 ");
}

TEST(MachineChannelTest, ByTypeWithoutAskingAsTheyWereSent) {
  ProgramRun run(WithDiscipline(kTagged, Discipline::kByType));
  run.Steps("A4");
  EXPECT_EQ(Received(run, 4), "10 20 30 40 ");
}

TEST(MachineChannelTest, ByTypeTheOldestOfThatType) {
  ProgramRun run(WithDiscipline(R"(
channel c[4]
process A { send(c, 10, 1); send(c, 20, 9); send(c, 30, 5); send(c, 40, 9) }
process B { x = receive(c, 9); x = receive(c, 9); x = receive(c, 0); x = receive(c, 9) }
)",
                                Discipline::kByType));
  run.Step('A');
  EXPECT_EQ(run.Enabled(), "A") << "there is a record, but none of type 9";
  run.Steps("A3");
  EXPECT_EQ(Received(run, 3), "20 40 10 ");
  EXPECT_EQ(run.Enabled(), "");
  EXPECT_EQ(run.Object("c"), "1 of 4 records");
}

TEST(MachineChannelTest, ByTypeUpToALimitTheLowestThenTheOldest) {
  ProgramRun run(WithDiscipline(R"(
channel c[4]
process A { send(c, 10, 5); send(c, 20, 2); send(c, 30, 2); send(c, 40, 7) }
process B { x = receive(c, -5); x = receive(c, -5); x = receive(c, -5); x = receive(c, -5) }
)",
                                Discipline::kByType));
  run.Steps("A4");
  EXPECT_EQ(Received(run, 3), "20 30 10 ");
  EXPECT_EQ(run.Enabled(), "");
}

TEST(MachineChannelTest, TheLowestLimitOfAllIsAboveEveryType) {
  ProgramRun run(WithDiscipline(R"(
channel c[1]
shared limit = 0
process A { send(c, 10, 5) }
process B { l = limit; x = receive(c, l) }
)",
                                Discipline::kByType));
  Program program = run.program();
  program.objects[FindObject(program, "limit")].initial = {std::numeric_limits<int64_t>::min()};
  ProgramRun lowest(std::move(program));
  lowest.Steps("A B");
  EXPECT_EQ(lowest.Step('B').result, 10);
}

// B sends with this tag into a channel that A has filled.
Event SendIntoFull(Discipline discipline, const std::string& tag) {
  ProgramRun run(
      WithDiscipline("channel c[1]\nshared x\nprocess A { send(c, 1) }\nprocess B { send(c, 2, " +
                         tag + "); x = error }",
                     discipline));
  run.Step('A');
  if (run.Enabled().empty()) return {};
  const Event event = run.Step('B');
  EXPECT_EQ(run.Next('B'), "x = " + std::to_string(event.error));
  EXPECT_EQ(run.Object("c"), "1 of 1 record");
  return event;
}

TEST(MachineChannelTest, ATagThatItCannotCarryIsRefusedAtOnceAndNothingIsSent) {
  for (const char* const tag : {"-1", "32768", "9223372036854775807"}) {
    const Event event = SendIntoFull(Discipline::kByPriority, tag);
    EXPECT_EQ(event.error, EINVAL) << tag;
    EXPECT_EQ(event.before, event.after) << tag;
  }
  for (const char* const tag : {"-1", "9223372036854775806"}) {
    EXPECT_EQ(SendIntoFull(Discipline::kByType, tag).error, EINVAL) << tag;
  }
  EXPECT_EQ(SendIntoFull(Discipline::kByPriority, "32767").error, 0) << "it waits";
  EXPECT_EQ(SendIntoFull(Discipline::kByType, "9223372036854775805").error, 0) << "it waits";
  EXPECT_EQ(SendIntoFull(Discipline::kInOrder, "-1").error, 0) << "it waits";
}

TEST(MachineChannelTest, TheLastTagsOfARangeAreCarried) {
  for (const auto& [discipline, tags] :
       {std::pair(Discipline::kByPriority, "{0, 32767}"),
        std::pair(Discipline::kByType, "{0, 9223372036854775805}"),
        std::pair(Discipline::kInOrder, "{-1, 9223372036854775807}")}) {
    ProgramRun run(
        WithDiscipline(std::string("channel c[2]\nshared tags[2] = ") + tags +
                           "\nprocess A { repeat 2 as i { t = tags[i]; send(c, 7, t) } }",
                       discipline));
    run.Steps("A4");
    EXPECT_EQ(run.Object("c"), "2 of 2 records") << tags;
  }
}

TEST(MachineChannelTest, SaysWhichTagsItCarries) {
  ProgramRun run(
      WithDiscipline("channel c[1]\nprocess A { send(c, 1, 40000) }", Discipline::kByPriority));
  EXPECT_EQ(run.Effect('A'), "EINVAL: c carries tags of 0 to 32767, not 40000");
}

TEST(MachineChannelTest, WhatIsTakenFromTheMiddleLeavesTheOthersInOrder) {
  ProgramRun run(WithDiscipline(R"(
channel c[3]
process A { send(c, 10, 1); send(c, 20, 2); send(c, 30, 3) }
process B { x = receive(c, 2); x = receive(c); x = receive(c) }
)",
                                Discipline::kByType));
  run.Steps("A3");
  EXPECT_EQ(Received(run, 3), "20 10 30 ");
}

TEST(MachineChannelTest, AStringIsAValue) {
  ProgramRun run(R"(
channel c[1]
shared ends
process A { send(c, "END") }
process B { x = receive(c); if x == "END" { ends = 1 } }
)");
  run.Steps("A B");
  EXPECT_EQ(run.Next('B'), "ends = 1");
}

TEST(MachineChannelTest, NobodyLeftToSendIsADeadlock) {
  ProgramRun run("channel c[1]\nprocess A { x = receive(c) }\nprocess B { }");
  EXPECT_EQ(run.failure(), FailureKind::kDeadlock) << "at step 0";
}

}  // namespace
}  // namespace ipclab
