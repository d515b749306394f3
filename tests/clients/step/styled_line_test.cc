#include "clients/cli/step/styled_line.h"

#include <gtest/gtest.h>

#include "clients/cli/step/screen_writer.h"

namespace ipclab::cli {
namespace {

TEST(StyledLine, IsCutWithAMarkAtItsLastColumn) {
  EXPECT_EQ(StyledLine("counter").CutTo(7).text(), "counter");
  EXPECT_EQ(StyledLine("counter").CutTo(6).text(), "count…");
  EXPECT_EQ(StyledLine("counter").CutTo(1).text(), "…");
  EXPECT_EQ(StyledLine("counter").CutTo(0).text(), "");
  EXPECT_EQ(StyledLine("日本語").CutTo(4).text(), "日…");
}

TEST(StyledLine, LosesItsFirstColumnsAcrossPieces) {
  StyledLine line;
  line.Add("ab", kStrongStyle).Add("cd", kFaintStyle).Add("ef");
  EXPECT_EQ(line.DropColumns(3).text(), "def");
}

TEST(StyledLine, PaintsPiecesAndEndsEachPaint) {
  StyledLine line("A", WorkerStyle("A"));
  line.Add(" READY");
  EXPECT_EQ(line.Ansi(/*colours=*/true), "\033[1;36mA\033[0m READY");
  EXPECT_EQ(line.Ansi(/*colours=*/false), "\033[1mA\033[0m READY");
}

TEST(StyledLine, TextOfOthersCannotSendSequences) {
  EXPECT_EQ(StyledLine("\033[31mred").Ansi(true), "\\x1b[31mred");
}

TEST(TitleRule, FillsTheLineAndNoMore) {
  EXPECT_EQ(TitleRule("workers", 16).text(), "── workers ─────");
  EXPECT_EQ(TitleRule("workers", 6).columns(), 6u);
}

TEST(ScreenWriter, WritesWhatChangedOnly) {
  ScreenWriter writer(/*colours=*/false, /*utf8=*/true);
  EXPECT_EQ(writer.Draw({StyledLine("one"), StyledLine("two")}),
            "\033[0m\033[2J\033[1;1H\033[Kone\033[2;1H\033[Ktwo");
  EXPECT_EQ(writer.Draw({StyledLine("one"), StyledLine("2")}), "\033[2;1H\033[K2");
  EXPECT_EQ(writer.Draw({StyledLine("one"), StyledLine("2")}), "");
}

TEST(ScreenWriter, DrawsAllAgainWhenTheTerminalWasElsewhere) {
  ScreenWriter writer(false, true);
  const std::string first = writer.Draw({StyledLine("one")});
  writer.Forget();
  EXPECT_EQ(writer.Draw({StyledLine("one")}), first);
}

TEST(ScreenWriter, SendsNothingButAsciiWhereTheTerminalKnowsNoMore) {
  ScreenWriter writer(false, /*utf8=*/false);
  EXPECT_EQ(writer.Draw({StyledLine("── x…")}), "\033[0m\033[2J\033[1;1H\033[K-- x~");
}

}  // namespace
}  // namespace ipclab::cli
