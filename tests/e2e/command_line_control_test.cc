// The commands for the experiments of a running server, against a real one.

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/unique_fd.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/command_line.h"
#include "tests/support/lab_server.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

v1::CreateExperimentRequest Named(const std::string& id, v1::CreateExperimentRequest request) {
  request.set_experiment_id(id);
  return request;
}

// What every command wants beside its name.
std::vector<std::vector<std::string>> CommandsWith(const std::string& name) {
  return {{"get", name},   {"watch", name},  {"metrics", name}, {"metrics", name, "--watch"},
          {"pause", name}, {"resume", name}, {"cancel", name},  {"delete", name},
          {"export", name}};
}

TEST(CommandLineControlTest, ListShowsTheNewestFirstOrWhatIsAskedFor) {
  const LabServer server;
  server.client().CreateAndFinish(Named("a", Measure()));
  server.client().CreateAndFinish(Named("b", Measure()));
  server.client().CreateReady(Named("c", Measure()));
  EXPECT_THAT(Ipclab(server, {"list", "--names"}).lines, ElementsAre("c", "b", "a"));
  EXPECT_THAT(
      Ipclab(server, {"list", "--names", "--filter", "state = SUCCEEDED", "--order-by", "name"})
          .lines,
      ElementsAre("a", "b"));
  const Ran limited = Ipclab(server, {"list", "--limit", "2"});
  EXPECT_EQ(limited.lines.size(), 3u) << limited.text();  // one is the header
  EXPECT_THAT(limited.complaints, HasSubstr("2 of 3; --limit 0 shows all"));
  const Ran json = Ipclab(server, {"list", "--json"});
  ASSERT_EQ(json.lines.size(), 3u) << json.complaints;
  EXPECT_EQ(Field(json.lines[0], "name"), "experiments/c");
  EXPECT_EQ(Field(json.lines[0], "state"), "READY");
}

TEST(CommandLineControlTest, ListTellsWhatIsWrongWithAFilter) {
  const LabServer server;
  const Ran ran = Ipclab(server, {"list", "--filter", "colour = RED", "--json"});
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.complaints, HasSubstr("colour"));
  ASSERT_EQ(ran.lines.size(), 1u);
  EXPECT_TRUE(Json(ran.lines[0]).fields().contains("error"));
}

TEST(CommandLineControlTest, GetShowsAPageOrTheApisJson) {
  const LabServer server;
  server.client().CreateAndFinish(Named("done", Measure()));
  const Ran page = Ipclab(server, {"get", "experiments/done"});
  EXPECT_EQ(page.exit_code, 0) << page.complaints;
  EXPECT_THAT(page.text(), HasSubstr("done  SUCCEEDED\n"));
  EXPECT_THAT(page.text(), HasSubstr("1000 messages"));
  EXPECT_THAT(page.text(), HasSubstr("\n  round trip"));
  EXPECT_THAT(page.text(), Not(HasSubstr("\033"))) << "colours are for terminals";
  const Ran json = Ipclab(server, {"get", "done", "--json"});
  ASSERT_EQ(json.lines.size(), 1u) << json.complaints;
  EXPECT_TRUE(Json(json.lines[0]).fields().contains("result"));
}

TEST(CommandLineControlTest, PauseResumeAndCancelDoWhatTheySay) {
  const LabServer server;
  server.client().CreateReady(Named("a", Measure("pipe", kEndless)));
  EXPECT_THAT(Ipclab(server, {"resume", "a", "--until", "500"}).exit_code, 0);
  EXPECT_EQ(server.client().AwaitState("experiments/a", E::PAUSED).step(), 500);
  EXPECT_THAT(Ipclab(server, {"resume", "a"}).lines, ElementsAre("a RUNNING at step 500"));
  const Ran paused = Ipclab(server, {"pause", "a", "--json"});
  ASSERT_EQ(paused.lines.size(), 1u) << paused.complaints;
  EXPECT_EQ(Field(paused.lines[0], "state"), "PAUSED");
  EXPECT_THAT(Ipclab(server, {"cancel", "a"}).text(), HasSubstr("a CANCELLED at step "));
  const Ran again = Ipclab(server, {"resume", "a"});
  EXPECT_EQ(again.exit_code, 3) << "what has ended does not run again";
  EXPECT_THAT(again.complaints, HasSubstr("CANCELLED"));
}

TEST(CommandLineControlTest, OneRefusalDoesNotKeepTheOthersFromTheirs) {
  const LabServer server;
  server.client().CreateAndFinish(Named("a", Measure()));
  server.client().CreateReady(Named("lives", Measure()));
  server.client().CreateAndFinish(Named("b", Measure()));
  const Ran ran = Ipclab(server, {"delete", "a", "lives", "experiments/a", "b"});
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.lines, ElementsAre("deleted a", "deleted b"));
  EXPECT_THAT(ran.complaints, HasSubstr("lives"));
  EXPECT_THAT(Ipclab(server, {"list", "--names"}).lines, ElementsAre("lives"));
}

TEST(CommandLineControlTest, DeleteEndedKeepsWhatLivesAndWhatTheFilterLeavesOut) {
  const LabServer server;
  server.client().CreateAndFinish(Named("a", Measure()));
  server.client().CreateAndFinish(Named("b", Measure()));
  server.client().CreateReady(Named("lives", Measure()));
  EXPECT_THAT(Ipclab(server, {"delete", "--ended", "--filter", "name != \"experiments/a\""}).lines,
              ElementsAre("deleted b"));
  EXPECT_THAT(Ipclab(server, {"list", "--names"}).lines, UnorderedElementsAre("a", "lives"));
  EXPECT_THAT(Ipclab(server, {"delete", "--ended", "--json"}).lines,
              ElementsAre(R"({"name":"experiments/a"})"));
  EXPECT_EQ(Ipclab(server, {"delete", "--ended", "lives"}).exit_code, 2);
  EXPECT_EQ(Ipclab(server, {"delete"}).exit_code, 2);
}

TEST(CommandLineControlTest, MetricsComeOnceOrUntilTheEnd) {
  const LabServer server;
  server.client().CreateAndFinish(Named("done", Measure()));
  EXPECT_THAT(Ipclab(server, {"metrics", "done"}).text(), HasSubstr("messages        1000 in "));
  const Ran once = Ipclab(server, {"metrics", "done", "--json"});
  ASSERT_EQ(once.lines.size(), 1u) << once.complaints;
  EXPECT_EQ(Field(once.lines[0], "name"), "experiments/done");
  const Ran stream = Ipclab(server, {"metrics", "done", "--interval", "10ms"});
  EXPECT_EQ(stream.exit_code, 0) << stream.complaints;
  ASSERT_GE(stream.lines.size(), 2u);
  EXPECT_THAT(stream.lines[0], HasSubstr("messages/s"));
  EXPECT_THAT(stream.lines.back(), HasSubstr(" 1000 "));
  EXPECT_EQ(Ipclab(server, {"metrics", "done", "--interval", "soon"}).exit_code, 2);
  EXPECT_EQ(Ipclab(server, {"metrics", "done", "--interval", "1ms"}).exit_code, 3);
}

TEST(CommandLineControlTest, EveryCommandSaysThatThereIsNoSuchExperiment) {
  const LabServer server;
  for (const auto& words : CommandsWith("nobody")) {
    const Ran ran = Ipclab(server, words);
    EXPECT_EQ(ran.exit_code, 3) << words[0];
    EXPECT_THAT(ran.complaints, HasSubstr("there is no experiments/nobody")) << words[0];
    EXPECT_THAT(ran.lines, IsEmpty()) << words[0];
  }
  for (const auto& words : CommandsWith("Not A Name")) {
    EXPECT_EQ(Ipclab(server, words).exit_code, 3) << words[0];
  }
}

TEST(CommandLineControlTest, WithoutAServerTheySayHowToStartOneAndStartNone) {
  LabServer server;
  ASSERT_EQ(server.Terminate(), 0);
  auto commands = CommandsWith("x");
  commands.insert(commands.end(), {{"list"}, {"delete", "--ended"}, {"ipc"}, {"ipc", "--reclaim"}});
  for (const auto& words : commands) {
    const Ran ran = Ipclab(server, words, /*with_server=*/false);
    EXPECT_EQ(ran.exit_code, 4) << words[0];
    EXPECT_THAT(ran.complaints, HasSubstr("start one with `ipclabd`")) << words[0];
    EXPECT_THAT(ran.complaints, HasSubstr("--server")) << words[0];
  }
  EXPECT_TRUE(server.Processes().empty());
}

TEST(CommandLineControlTest, IpcRemovesNothingUnlessItIsToldTo) {
  const LabServer server;
  const std::string name =
      absl::StrCat("/ipclab-", server.client().Info()->instance(), "-deadbeef-0");
  const UniqueFd fd(::shm_open(name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
  ASSERT_TRUE(fd);
  const Ran listed = Ipclab(server, {"ipc"});
  EXPECT_THAT(listed.text(), HasSubstr(name));
  EXPECT_THAT(listed.text(), HasSubstr("may go"));
  EXPECT_THAT(listed.complaints, HasSubstr("ipclab ipc --reclaim"));
  EXPECT_TRUE(std::filesystem::exists("/dev/shm" + name));
  const Ran reclaimed = Ipclab(server, {"ipc", "--reclaim"});
  EXPECT_EQ(reclaimed.exit_code, 0) << reclaimed.complaints;
  EXPECT_EQ(reclaimed.lines.at(0), "to be removed: 1 object");
  EXPECT_EQ(reclaimed.lines.back(), "removed: 1 object");
  EXPECT_FALSE(std::filesystem::exists("/dev/shm" + name));
  EXPECT_THAT(Ipclab(server, {"ipc", "--json"}).lines, IsEmpty());
  EXPECT_EQ(Ipclab(server, {"ipc", "--all", "--reclaim"}).exit_code, 2);
  ::shm_unlink(name.c_str());
}

TEST(CommandLineControlTest, EveryCommandsHelpHasExamples) {
  const LabServer server;
  for (const char* command :
       {"measure", "mechanisms", "list", "get", "watch", "metrics", "pause", "resume", "cancel",
        "delete", "export", "ipc", "info", "certs", "completion", "plot"}) {
    const Ran ran = Ipclab(server, {command, "--help"}, /*with_server=*/false);
    EXPECT_EQ(ran.exit_code, 0) << command;
    EXPECT_THAT(ran.text(), HasSubstr(absl::StrCat("Examples:\n  "))) << command;
    for (const std::string& line : ran.lines) EXPECT_LE(line.size(), 100u) << command;
  }
}

}  // namespace
}  // namespace ipclab
