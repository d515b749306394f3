#include "clients/cli/terminal.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/unique_fd.h"

namespace ipclab::cli {
namespace {

using ::testing::ElementsAre;

TEST(TerminalOf, AFileHasNoColoursAndIsNotInteractive) {
  const UniqueFd file(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  const Terminal terminal = TerminalOf(file.get());
  EXPECT_FALSE(terminal.interactive);
  EXPECT_FALSE(terminal.colours);
  EXPECT_EQ(terminal.Paint(Tone::kBad, "text"), "text");
}

TEST(TerminalOf, ColoursNeedATerminalAndTheUsersConsent) {
  const UniqueFd pseudo(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(pseudo);
  ::setenv("TERM", "xterm", 1);
  ::unsetenv("NO_COLOR");
  EXPECT_TRUE(TerminalOf(pseudo.get()).colours);
  ::setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(TerminalOf(pseudo.get()).colours);
  EXPECT_TRUE(TerminalOf(pseudo.get()).interactive);
  ::unsetenv("NO_COLOR");
}

TEST(ColumnsOf, CountsCharactersAndNotBytes) { EXPECT_EQ(ColumnsOf("4 \xc2\xb5s"), 4u); }

TEST(WrapWords, BreaksAtSpacesAndKeepsLongWords) {
  EXPECT_THAT(WrapWords("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(WrapWords("a verylongword b", 5), ElementsAre("a", "verylongword", "b"));
  EXPECT_THAT(WrapWords("one\ntwo", 80), ElementsAre("one", "two"));
  EXPECT_THAT(WrapWords("one two three", 0), ElementsAre("one two three"));
  EXPECT_THAT(WrapWords("", 10), ElementsAre(""));
}

TEST(Paragraph, IndentsAllLinesButTheFirst) {
  EXPECT_EQ(Paragraph("- ", "  ", "some words that are too long", 26),
            "- some words that are too\n  long\n");
}

TEST(Printable, LeavesNoControlCharacterAndAllElse) {
  EXPECT_EQ(Printable("a=\"ü\" ▁"), "a=\"ü\" ▁");
  EXPECT_EQ(Printable("a\n\033[2J\x7f"), "a\\x0a\\x1b[2J\\x7f");
  EXPECT_EQ(Printable("\xc2\x9b"
                      "2J"),
            "\\x9b2J")
      << "the other way to begin a sequence";
}

}  // namespace
}  // namespace ipclab::cli
