// `ipclab explore` as it is run, against a server that says what the test wants.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "clients/cli/json_line.h"
#include "tests/clients/explore/explorations.h"
#include "tests/clients/explore/fake_explorer.h"
#include "tests/support/program.h"
#include "tests/support/tmux.h"

namespace ipclab::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

v1::ExploreEvent Event(const v1::ExploreProgress& progress) {
  v1::ExploreEvent event;
  *event.mutable_progress() = progress;
  return event;
}

v1::ExploreEvent Event(const v1::Exploration& exploration) {
  v1::ExploreEvent event;
  *event.mutable_exploration() = exploration;
  return event;
}

v1::ExploreEvent Event(const v1::ExploreFinding& finding) {
  v1::ExploreEvent event;
  *event.mutable_finding() = finding;
  return event;
}

v1::Exploration NothingFound() {
  v1::Exploration exploration = LostUpdateCounted();
  exploration.set_failing("0");
  exploration.clear_finding();
  exploration.clear_outcomes();
  *exploration.add_outcomes() = Outcome("counter=12", "6");
  exploration.set_verdict("No schedule fails.");
  return exploration;
}

std::unique_ptr<ChildProgram> Start(const std::string& address,
                                    const std::vector<std::string>& more) {
  std::vector<std::string> words = {IPCLAB_CLI, "explore", "--server", address};
  words.insert(words.end(), more.begin(), more.end());
  return std::make_unique<ChildProgram>(
      words, std::map<std::string, std::string>{{"LC_ALL", "C"}, {"COLUMNS", "80"}});
}

// What a finished run of `ipclab explore` left behind.
struct Left {
  std::vector<std::string> lines;
  std::string text;
  std::string complaints;
  std::optional<int> exit_code;
};

Left Finish(ChildProgram& program) {
  Left left;
  while (auto line = program.AwaitLine()) {
    left.text += *line + "\n";
    left.lines.push_back(*std::move(line));
  }
  left.exit_code = program.AwaitExit();
  left.complaints = program.Complaints();
  return left;
}

Left Explored(FakeExplorer& explorer, const std::vector<std::string>& more) {
  return Finish(*Start(explorer.address(), more));
}

TEST(ExploreCommand, WithoutATerminalPrintsThePageAloneAndExitsWith1WhereItFails) {
  FakeExplorer explorer(
      {Event(ProgressOfCount()), Event(LostUpdateFinding()), Event(LostUpdateCounted())},
      grpc::Status::OK);
  const Left left = Explored(explorer, {"lost_update", "--mode", "count"});
  EXPECT_EQ(left.exit_code, 1) << left.complaints;
  EXPECT_THAT(left.text, StartsWith("lost_update racy @d401306a\n"));
  EXPECT_THAT(left.text, AllOf(HasSubstr("4 of 6 schedules fail."), Not(HasSubstr("924,000")),
                               Not(HasSubstr("\033"))));
  ASSERT_TRUE(explorer.asked());
  EXPECT_EQ(explorer.asked()->mode(), v1::ExploreProgramRequest::COUNT);
}

TEST(ExploreCommand, ExitsWith0WhereNothingFails) {
  FakeExplorer explorer({Event(NothingFound())}, grpc::Status::OK);
  EXPECT_EQ(Explored(explorer, {"lost_update"}).exit_code, 0);
}

TEST(ExploreCommand, JsonIsALineForEachProgressAndOneForTheWhole) {
  FakeExplorer explorer(
      {Event(ProgressOfCount()), Event(LostUpdateFinding()), Event(LostUpdateCounted())},
      grpc::Status::OK);
  const Left left = Explored(explorer, {"lost_update", "--json"});
  EXPECT_EQ(left.exit_code, 1) << left.complaints;
  ASSERT_THAT(left.lines, SizeIs(2));
  EXPECT_THAT(left.lines[0],
              AllOf(StartsWith("{\"progress\":{"), HasSubstr("\"total\":\"2704156\"")));
  EXPECT_THAT(left.lines[1],
              AllOf(StartsWith("{\"exploration\":{"), HasSubstr("\"engine\":\"REAL\""),
                    HasSubstr("\"schedules\":\"6\""), HasSubstr("\"minPreemptions\":1"),
                    HasSubstr("\"schedule\":\"lost_update racy @d401306a : A! B2 A\"")));
}

TEST(ExploreCommand, ARefusalIsToldAndExitsWith3) {
  FakeExplorer explorer({}, {grpc::StatusCode::INVALID_ARGUMENT, "reduction: only of COUNT"});
  const Left left = Explored(explorer, {"lost_update", "--reduction", "none"});
  EXPECT_EQ(left.exit_code, 3);
  EXPECT_THAT(left.complaints, HasSubstr("reduction: only of COUNT"));
  EXPECT_EQ(left.text, "");
}

TEST(ExploreCommand, AProgramThatIsNotThereExitsWith3BeforeAnythingIsExplored) {
  FakeExplorer explorer({}, grpc::Status::OK);
  const Left left = Explored(explorer, {"lost_updat"});
  EXPECT_EQ(left.exit_code, 3);
  EXPECT_THAT(left.complaints, HasSubstr("no such program"));
  EXPECT_FALSE(explorer.asked());
}

TEST(ExploreCommand, AFailureOnTheWayKeepsWhatWasKnown) {
  FakeExplorer explorer({Event(ProgressOfCount())},
                        {grpc::StatusCode::INTERNAL, "counter is 11 and not 12"});
  const Left left = Explored(explorer, {"lost_update"});
  EXPECT_EQ(left.exit_code, 3);
  EXPECT_THAT(left.text, AllOf(HasSubstr("complete        no"), HasSubstr("924,000 looked at")));
  EXPECT_THAT(left.complaints, HasSubstr("counter is 11 and not 12"));
}

TEST(ExploreCommand, AStreamWithoutAResultIsNoSuccess) {
  FakeExplorer explorer({}, grpc::Status::OK);
  const Left left = Explored(explorer, {"lost_update"});
  EXPECT_EQ(left.exit_code, 3);
  EXPECT_THAT(left.complaints, HasSubstr("without a result"));
}

TEST(ExploreCommand, OptionsThatMakeNoSenseExitWith2) {
  FakeExplorer explorer({}, grpc::Status::OK);
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"lost_update", "--mode", "all"}, {"lost_update", "--time-limit", "soon"}, {}}) {
    EXPECT_EQ(Explored(explorer, words).exit_code, 2);
  }
  EXPECT_FALSE(explorer.asked());
}

TEST(ExploreCommand, WithoutAServerThereItExitsWith4) {
  const Left left = Finish(*Start("unix:/nowhere/at/all", {"lost_update", "--timeout", "1s"}));
  EXPECT_EQ(left.exit_code, 4);
}

TEST(ExploreCommand, CtrlCCancelsTheCallAndPrintsWhatIsKnown) {
  FakeExplorer explorer({Event(ProgressOfCount())}, grpc::Status::OK, /*waits=*/true);
  const auto program = Start(explorer.address(), {"lost_update", "--json"});
  const auto progress = program->AwaitLine();
  ASSERT_TRUE(progress);
  program->Signal(SIGINT);
  const Left left = Finish(*program);
  EXPECT_EQ(left.exit_code, 130) << left.complaints;
  ASSERT_THAT(left.lines, SizeIs(1));
  EXPECT_THAT(left.lines[0],
              AllOf(HasSubstr("\"complete\":false"), HasSubstr("\"stoppedAt\":\"an interruption\""),
                    HasSubstr("\"schedules\":\"924000\"")));
  EXPECT_TRUE(explorer.AwaitCancel());
}

// A terminal in which it runs.
class ExploreScreen : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!TmuxScreen::Available()) GTEST_SKIP() << "there is no tmux on this host";
  }

  static void Explore(const TmuxScreen& screen, const FakeExplorer& explorer) {
    screen.Type(std::string(IPCLAB_CLI) + " explore lost_update --mode count --server " +
                explorer.address() + "\n");
  }
};

TEST_F(ExploreScreen, ShowsHowFarItIsAndAfterCtrlCWhatIsKnown) {
  FakeExplorer explorer({Event(ProgressOfCount())}, grpc::Status::OK, /*waits=*/true);
  const TmuxScreen screen({.columns = 80, .rows = 40}, {{"LC_ALL", "C"}});
  Explore(screen, explorer);
  ASSERT_TRUE(screen.Await("3s left")) << screen.Text();
  EXPECT_THAT(screen.Text(),
              AllOf(HasSubstr("lost_update: count on real processes\n"),
                    HasSubstr("924,000 of 2,704,156 schedules"), HasSubstr("counter=12")));
  screen.Press("C-c");
  ASSERT_TRUE(screen.Await("Broken off")) << screen.Text();
  // The live view is gone.
  EXPECT_THAT(screen.Text(), AllOf(HasSubstr("complete        no: stopped at an interruption"),
                                   Not(HasSubstr("3s left"))));
  EXPECT_TRUE(explorer.AwaitCancel());
}

TEST_F(ExploreScreen, EndsWithThePage) {
  FakeExplorer explorer({Event(ProgressOfCount()), Event(LostUpdateCounted())}, grpc::Status::OK);
  const TmuxScreen screen({.columns = 80, .rows = 60}, {{"LC_ALL", "C"}});
  Explore(screen, explorer);
  ASSERT_TRUE(screen.Await("4 of 6 schedules fail.")) << screen.Text();
  EXPECT_THAT(screen.Text(), AllOf(HasSubstr("a schedule that fails"), Not(HasSubstr("s left"))));
}

}  // namespace
}  // namespace ipclab::cli
