// `ipclab step` as a person has it: keys, screens, resizes, and the terminal afterwards. Skipped
// where there is no tmux to be the terminal.

#include <signal.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/command_line.h"
#include "tests/support/lab_server.h"
#include "tests/support/tmux.h"

namespace ipclab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class StepScreenTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!TmuxScreen::Available()) GTEST_SKIP() << "there is no tmux on this host";
    server_ = std::make_unique<LabServer>();
    Open({});
  }

  void Open(const std::map<std::string, std::string>& more) {
    std::map<std::string, std::string> environment = {{"XDG_RUNTIME_DIR", server_->folder()}};
    environment.insert(more.begin(), more.end());
    screen_.reset();
    screen_ = std::make_unique<TmuxScreen>(TmuxScreen::Size{}, environment);
  }

  // Types the command and waits for its first screen.
  void Step(const std::string& arguments) {
    screen_->Type(
        absl::StrCat(IPCLAB_CLI, " step ", arguments, " --server ", server_->unix_address(), "\n"));
    ASSERT_TRUE(screen_->Await("q quit")) << screen_->Text();
  }

  // What the program left of the terminal's modes, seen by a command that the shell runs.
  void ExpectSaneTerminal() {
    ASSERT_TRUE(screen_->AwaitShell()) << screen_->Text();
    screen_->Type(
        "stty -a | tr ' ' '\\n' | grep -x -e icanon -e echo -e isig | sort | xargs echo is\n");
    EXPECT_TRUE(screen_->Await("is echo icanon isig")) << screen_->Text();
  }

  // Once the program has ended nothing of it is on the server.
  void ExpectNothingKept() {
    const auto list = server_->client().List({});
    ASSERT_TRUE(list.ok());
    EXPECT_EQ(list->total_size(), 0);
  }

  std::unique_ptr<LabServer> server_;
  std::unique_ptr<TmuxScreen> screen_;
};

TEST_F(StepScreenTest, ALostUpdateByKeysFromTheFirstStepToTheVerdict) {
  Step("lost_update");
  EXPECT_THAT(screen_->Text(), HasSubstr("step 0"));
  screen_->Type("AB");
  ASSERT_TRUE(screen_->Await("step 2, 1 preemption")) << screen_->Text();
  screen_->Type("12");
  ASSERT_TRUE(screen_->Await("CHECK FAILED")) << screen_->Text();
  EXPECT_THAT(screen_->Text(), HasSubstr("REACHED"));
  screen_->Type("u");
  ASSERT_TRUE(screen_->Await("back at step 3")) << screen_->Text();
  EXPECT_THAT(screen_->Text(), Not(HasSubstr("CHECK FAILED")));
  screen_->Type("r");
  ASSERT_TRUE(screen_->Await("back at step 0")) << screen_->Text();
  screen_->Type("v");
  ASSERT_TRUE(screen_->Await("lost_update mutex")) << screen_->Text();
  screen_->Type("q");
  ExpectSaneTerminal();
  ExpectNothingKept();
}

TEST_F(StepScreenTest, AWorkerThatIsBlockedSaysWhoHoldsWhatItWaitsFor) {
  Step("lost_update --variant mutex");
  screen_->Type("AB");
  ASSERT_TRUE(screen_->Await("held by A")) << screen_->Text();
  EXPECT_THAT(screen_->Text(), HasSubstr("BLOCKED"));
  EXPECT_THAT(screen_->Text(), HasSubstr("step 1"));
  screen_->Type("q");
  ExpectSaneTerminal();
}

TEST_F(StepScreenTest, TheScreenFollowsTheSizeOfTheTerminal) {
  Step("lost_update");
  screen_->Resize({.columns = 200, .rows = 50});
  ASSERT_TRUE(screen_->Await("arrows scroll")) << screen_->Text();
  screen_->Resize({.columns = 30, .rows = 10});
  ASSERT_TRUE(screen_->Await("too small")) << screen_->Text();
  screen_->Resize({.columns = 80, .rows = 24});
  ASSERT_TRUE(screen_->Await("── history")) << screen_->Text();
  screen_->Type("q");
  ExpectSaneTerminal();
}

TEST_F(StepScreenTest, EverySignalThatEndsItLeavesASaneTerminalAndNoExperiment) {
  for (const int signal : {SIGTERM, SIGHUP, SIGINT}) {
    Step("lost_update");
    const pid_t program = screen_->Program();
    ASSERT_GT(program, 0);
    ASSERT_EQ(::kill(program, signal), 0);
    ExpectSaneTerminal();
    ExpectNothingKept();
    screen_->Type("clear\n");
  }
}

TEST_F(StepScreenTest, CtrlCLeavesASaneTerminal) {
  Step("lost_update");
  screen_->Press("C-c");
  ExpectSaneTerminal();
  ExpectNothingKept();
}

TEST_F(StepScreenTest, SuspendedItLeavesTheTerminalToTheShellAndComesBack) {
  Step("lost_update");
  screen_->Type("A");
  ASSERT_TRUE(screen_->Await("step 1")) << screen_->Text();
  screen_->Press("C-z");
  ExpectSaneTerminal();
  screen_->Type("fg\n");
  ASSERT_TRUE(screen_->Await("q quit")) << screen_->Text();
  screen_->Type("B");
  ASSERT_TRUE(screen_->Await("step 2")) << screen_->Text();
  screen_->Type("q");
  ExpectSaneTerminal();
}

TEST_F(StepScreenTest, AServerThatIsGoneEndsItWithAWord) {
  Step("lost_update");
  server_->Kill();
  ASSERT_TRUE(screen_->Await("the server is gone")) << screen_->Text();
  ExpectSaneTerminal();
}

TEST_F(StepScreenTest, AnExperimentThatSomebodyCancelsIsOverAndCanBeginAnew) {
  Step("lost_update");
  const auto list = server_->client().List({});
  ASSERT_EQ(list->experiments_size(), 1);
  ASSERT_TRUE(server_->client().Cancel(list->experiments(0).name()).ok());
  ASSERT_TRUE(screen_->Await("r begins anew")) << screen_->Text();
  screen_->Type("rA");
  ASSERT_TRUE(screen_->Await("from step 0")) << screen_->Text();
  screen_->Type("A");
  ASSERT_TRUE(screen_->Await("step 1")) << screen_->Text();
  screen_->Type("q");
  ExpectSaneTerminal();
  ExpectNothingKept();
}

TEST_F(StepScreenTest, AFreeRunTellsItsOutcomeBesideTheSteps) {
  Step("lost_update --variant mutex");
  screen_->Type("f");
  ASSERT_TRUE(screen_->Await("free run: DONE")) << screen_->Text();
  EXPECT_THAT(screen_->Text(), HasSubstr("counter=12"));
  screen_->Type("A");
  ASSERT_TRUE(screen_->Await("step 1")) << screen_->Text();
  screen_->Type("q");
  ExpectSaneTerminal();
  ExpectNothingKept();
}

TEST_F(StepScreenTest, ASearchFindsAFailureThatIsSteppedAlongAndExplained) {
  Step("lost_update");
  screen_->Type("AAe");
  ASSERT_TRUE(screen_->Await("n goes along it")) << screen_->Text();
  screen_->Type("n");
  ASSERT_TRUE(screen_->Await("back at step 0")) << screen_->Text();
  screen_->Type("nnnn");
  ASSERT_TRUE(screen_->Await("CHECK FAILED")) << screen_->Text();
  EXPECT_THAT(screen_->Text(), HasSubstr("step 4, 1 preemption"));
  screen_->Type("?");
  ASSERT_TRUE(screen_->Await("As in ")) << screen_->Text();
  screen_->Type("q");
  ExpectSaneTerminal();
}

TEST_F(StepScreenTest, WithoutColourAndWithoutUtf8ItIsTheSameScreen) {
  Open({{"NO_COLOR", "1"}, {"LC_ALL", "C"}});
  Step("lost_update");
  EXPECT_THAT(screen_->Text(), HasSubstr("-- workers ---"));
  EXPECT_THAT(screen_->Text(), Not(HasSubstr("─")));
  screen_->Type("q");
  ExpectSaneTerminal();
}

TEST_F(StepScreenTest, ATerminalThatCannotPlaceTextIsToldWhatToDoInstead) {
  Open({});
  screen_->Type(absl::StrCat("TERM=dumb ", IPCLAB_CLI, " step lost_update\n"));
  ASSERT_TRUE(screen_->Await("--script")) << screen_->Text();
  ExpectSaneTerminal();
}

}  // namespace
}  // namespace ipclab
