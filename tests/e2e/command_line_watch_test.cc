// `ipclab watch` through the life of an experiment and of its server.

#include <signal.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/command_line.h"
#include "tests/e2e/cut_line.h"
#include "tests/support/lab_server.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using ::testing::HasSubstr;

const google::protobuf::Struct& Part(const google::protobuf::Struct& event,
                                     const std::string& key) {
  static const google::protobuf::Struct kNone;
  const auto part = event.fields().find(key);
  return part == event.fields().end() ? kNone : part->second.struct_value();
}

std::string Snapshot(const std::string& line) {
  const auto event = Json(line);
  const auto& fields = Part(event, "snapshot").fields();
  return fields.contains("state") ? fields.at("state").string_value() : "";
}

// Reads on until a line is a snapshot in that state; false when there is none.
bool AwaitSnapshot(ChildProgram& program, const std::string& state) {
  while (auto line = program.AwaitLine()) {
    if (Snapshot(*line) == state) return true;
  }
  return false;
}

TEST(CommandLineWatchTest, ALineForEachEventUntilTheEnd) {
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure()).name();
  const auto watch = StartIpclab(server, {"watch", name, "--json"});
  const std::optional<std::string> first = watch->AwaitLine();
  ASSERT_TRUE(first) << watch->Complaints();
  EXPECT_EQ(Snapshot(*first), "READY");
  ASSERT_TRUE(server.client().Run(name).ok());
  const Ran rest = Finish(*watch);
  EXPECT_EQ(rest.exit_code, 0) << rest.complaints;
  ASSERT_FALSE(rest.lines.empty());
  EXPECT_THAT(rest.lines.front(), HasSubstr(R"("stateChange")"));
  EXPECT_EQ(Snapshot(rest.lines.back()), "SUCCEEDED");
}

TEST(CommandLineWatchTest, WithoutATerminalTheLinesAreForPeople) {
  const LabServer server;
  const std::string name = server.client().CreateAndFinish(Measure()).name();
  const Ran ran = Ipclab(server, {"watch", name});
  EXPECT_EQ(ran.exit_code, 0) << ran.complaints;
  ASSERT_FALSE(ran.lines.empty());
  EXPECT_THAT(ran.lines.back(), HasSubstr(" SUCCEEDED at step 1000: "));
}

TEST(CommandLineWatchTest, AnExperimentThatDidNotSucceedIsOne) {
  const LabServer server({.scripted = true});
  const std::string name = server.client().CreateReady(Measure("pipe")).name();
  const auto watch = StartIpclab(server, {"watch", name, "--json"});
  ASSERT_TRUE(AwaitSnapshot(*watch, "READY")) << watch->Complaints();
  ASSERT_TRUE(server.client().Cancel(name).ok());
  EXPECT_EQ(Finish(*watch).exit_code, 1);
}

TEST(CommandLineWatchTest, AServerThatIsKilledIsFoundAgainWithWhatBecameOfIt) {
  LabServer server;
  const std::string name = server.client().CreateReady(Measure()).name();
  const auto watch = StartIpclab(server, {"watch", name, "--json"});
  ASSERT_TRUE(AwaitSnapshot(*watch, "READY")) << watch->Complaints();
  server.Kill();
  server.Restart();
  EXPECT_TRUE(AwaitSnapshot(*watch, "ABORTED")) << watch->Complaints();
  EXPECT_EQ(Finish(*watch).exit_code, 1);
  EXPECT_THAT(watch->Complaints(), HasSubstr("trying again"));
}

TEST(CommandLineWatchTest, AServerThatStopsIsFoundAgainToo) {
  LabServer server;
  const std::string name = server.client().CreateReady(Measure()).name();
  const auto watch = StartIpclab(server, {"watch", name, "--json"});
  ASSERT_TRUE(AwaitSnapshot(*watch, "READY")) << watch->Complaints();
  ASSERT_EQ(server.Terminate(), 0);
  server.Restart();
  const Ran rest = Finish(*watch);
  EXPECT_EQ(rest.exit_code, 1) << rest.complaints;
  ASSERT_FALSE(rest.lines.empty());
  EXPECT_EQ(Snapshot(rest.lines.back()), "ABORTED");
}

TEST(CommandLineWatchTest, PatienceWithALostServerEnds) {
  LabServer server;
  const std::string name = server.client().CreateReady(Measure()).name();
  const auto watch = StartIpclab(server, {"watch", name, "--json", "--patience", "300ms"});
  ASSERT_TRUE(AwaitSnapshot(*watch, "READY")) << watch->Complaints();
  server.Kill();
  EXPECT_EQ(Finish(*watch).exit_code, 4);
  EXPECT_THAT(watch->Complaints(), HasSubstr("start one with `ipclabd`"));
}

TEST(CommandLineWatchTest, CtrlCEndsItWhileItWatchesAndWhileItWaits) {
  LabServer server;
  const std::string name = server.client().CreateReady(Measure()).name();
  const auto watch = StartIpclab(server, {"watch", name, "--json"});
  ASSERT_TRUE(AwaitSnapshot(*watch, "READY")) << watch->Complaints();
  watch->Signal(SIGINT);
  EXPECT_EQ(watch->AwaitExit(), 130);
  const auto lost = StartIpclab(server, {"watch", name, "--json", "--patience", "1h"});
  ASSERT_TRUE(AwaitSnapshot(*lost, "READY")) << lost->Complaints();
  server.Kill();
  lost->Signal(SIGINT);
  EXPECT_EQ(lost->AwaitExit(), 130);
}

TEST(CommandLineWatchTest, AConnectionThatIsCutIsMadeAgainAndNoEventIsMissed) {
  const LabServer server;
  CutLine line(server.folder() + "/line", server.folder() + "/s");
  const std::string name = server.client().CreateReady(Measure()).name();
  const auto watch = StartIpclab(
      server, {"watch", name, "--json", "--server", "unix:" + server.folder() + "/line"},
      /*with_server=*/false);
  const std::optional<std::string> first = watch->AwaitLine();
  ASSERT_TRUE(first) << watch->Complaints();
  line.Cut();
  ASSERT_TRUE(server.client().Step(name, 1).ok());
  ASSERT_TRUE(server.client().Step(name, 1).ok());
  line.Mend();
  ASSERT_TRUE(server.client().Run(name).ok());
  Ran rest = Finish(*watch);
  EXPECT_EQ(rest.exit_code, 0) << rest.complaints;
  EXPECT_THAT(rest.complaints, HasSubstr("trying again"));
  ASSERT_FALSE(rest.lines.empty());
  EXPECT_EQ(Snapshot(rest.lines.back()), "SUCCEEDED");
  rest.lines.pop_back();
  int64_t sequence = std::stoll(Field(*first, "sequence"));
  for (const std::string& each : rest.lines) {
    EXPECT_EQ(Snapshot(each), "") << "it went on where it was, instead of anew";
    EXPECT_EQ(std::stoll(Field(each, "sequence")), ++sequence) << each;
  }
  EXPECT_THAT(rest.text(), HasSubstr(R"("stepDone")"));
}

}  // namespace
}  // namespace ipclab
