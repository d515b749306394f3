// The terminal as it is taken and given back, on a pseudo-terminal of the test's own.

#include "clients/cli/step/full_screen.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/unique_fd.h"

namespace ipclab::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Standard input and output of this process are a pseudo-terminal while it lives.
class FullScreenTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ::setenv("TERM", "xterm", 1);
    keyboard_ = UniqueFd(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_TRUE(keyboard_);
    ASSERT_EQ(::grantpt(keyboard_.get()), 0);
    ASSERT_EQ(::unlockpt(keyboard_.get()), 0);
    UniqueFd terminal(::open(::ptsname(keyboard_.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_TRUE(terminal);
    input_ = UniqueFd(::dup(STDIN_FILENO));
    output_ = UniqueFd(::dup(STDOUT_FILENO));
    ::dup2(terminal.get(), STDIN_FILENO);
    ::dup2(terminal.get(), STDOUT_FILENO);
  }

  void TearDown() override {
    if (!output_) return;
    ::dup2(input_.get(), STDIN_FILENO);
    ::dup2(output_.get(), STDOUT_FILENO);
  }

  // What the terminal was sent so far. What was written is there at once.
  std::string Shown() const {
    std::string shown;
    pollfd event = {.fd = keyboard_.get(), .events = POLLIN, .revents = 0};
    while (::poll(&event, 1, 0) == 1 && (event.revents & POLLIN) != 0) {
      char buffer[4096];
      const ssize_t count = ::read(keyboard_.get(), buffer, sizeof(buffer));
      if (count <= 0) break;
      shown.append(buffer, static_cast<size_t>(count));
    }
    return shown;
  }

  static tcflag_t LocalModes() {
    termios settings = {};
    EXPECT_EQ(::tcgetattr(STDIN_FILENO, &settings), 0);
    return settings.c_lflag;
  }

  UniqueFd keyboard_;  // the other end
  UniqueFd input_;
  UniqueFd output_;
};

TEST_F(FullScreenTest, GivesTheTerminalBackAsItWas) {
  const tcflag_t before = LocalModes();
  {
    const auto screen = FullScreen::Enter();
    ASSERT_TRUE(screen.ok()) << screen.status();
    EXPECT_EQ(LocalModes() & (ICANON | ECHO), 0u);
    EXPECT_NE(LocalModes() & ISIG, 0u);  // Ctrl-C and Ctrl-Z are still signals
    EXPECT_THAT(Shown(), HasSubstr("\033[?1049h"));
  }
  EXPECT_EQ(LocalModes(), before);
  EXPECT_THAT(Shown(), EndsWith("\033[?25h\033[?1049l"));
}

TEST_F(FullScreenTest, AnyThreadCanGiveItBackInAHurryAndOnlyOnce) {
  const tcflag_t before = LocalModes();
  auto screen = FullScreen::Enter();
  ASSERT_TRUE(screen.ok());
  Shown();
  RestoreTerminal();
  EXPECT_EQ(LocalModes(), before);
  EXPECT_THAT(Shown(), HasSubstr("\033[?1049l"));
  screen->Leave();
  EXPECT_EQ(Shown(), "");
}

TEST_F(FullScreenTest, ComesBackAfterItWasLeft) {
  auto screen = FullScreen::Enter();
  ASSERT_TRUE(screen.ok());
  screen->Leave();
  Shown();
  screen->Return();
  EXPECT_EQ(LocalModes() & ICANON, 0u);
  EXPECT_THAT(Shown(), StartsWith("\033[?1049h"));
}

TEST_F(FullScreenTest, KeysComeAsTheyArePressed) {
  auto screen = FullScreen::Enter();
  ASSERT_TRUE(screen.ok());
  ASSERT_EQ(::write(keyboard_.get(), "A\r", 2), 2);
  std::string bytes;
  ASSERT_TRUE(screen->ReadKeys(bytes));
  EXPECT_EQ(bytes, "A\r");
}

TEST_F(FullScreenTest, ATerminalThatIsGoneIsNoEndlessLoop) {
  auto screen = FullScreen::Enter();
  ASSERT_TRUE(screen.ok());
  keyboard_.Reset();
  std::string bytes;
  EXPECT_FALSE(screen->ReadKeys(bytes));
  EXPECT_FALSE(screen->Write("x"));
}

TEST_F(FullScreenTest, ATerminalThatCannotPlaceTextIsRefusedWithWhatToDo) {
  ::setenv("TERM", "dumb", 1);
  EXPECT_THAT(std::string(FullScreen::Check().message()), HasSubstr("--script"));
  ::unsetenv("TERM");
  EXPECT_FALSE(FullScreen::Check().ok());
}

TEST(FullScreen, WhatIsNoTerminalIsRefusedWithWhatToDo) {
  const UniqueFd output(::dup(STDOUT_FILENO));
  const UniqueFd nothing(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  ::dup2(nothing.get(), STDOUT_FILENO);
  const absl::Status status = FullScreen::Check();
  ::dup2(output.get(), STDOUT_FILENO);
  EXPECT_THAT(std::string(status.message()), HasSubstr("needs a terminal"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("--script"));
}

}  // namespace
}  // namespace ipclab::cli
