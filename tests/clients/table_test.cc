#include "clients/cli/table.h"

#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

constexpr auto kLeft = Table::Column::Align::kLeft;

Table Figures() {
  Table table({{.title = "name", .align = kLeft, .key = true},
               {.title = "p50"},
               {.title = "p90"},
               {.title = "lost"}});
  table.AddRow({"pipe", "3.91 us", "4.1 us", "0"});
  table.AddRow({"unix_stream", "8 us", "12.5 us", "0"});
  return table;
}

TEST(Table, AlignsColumnsWithoutTrailingSpaces) {
  EXPECT_EQ(Figures().Render({}),
            "name             p50      p90  lost\n"
            "pipe         3.91 us   4.1 us     0\n"
            "unix_stream     8 us  12.5 us     0\n");
}

TEST(Table, ContinuesBelowWithTheKeysWhereItIsTooWide) {
  EXPECT_EQ(Figures().Render({.width = 29}),
            "name             p50      p90\n"
            "pipe         3.91 us   4.1 us\n"
            "unix_stream     8 us  12.5 us\n"
            "\n"
            "name         lost\n"
            "pipe            0\n"
            "unix_stream     0\n");
}

TEST(Table, AHeadingStandsOverItsRowsInTheFirstBlockOnly) {
  Table table({{.title = "name", .align = kLeft, .key = true}, {.title = "p50"}, {.title = "p90"}});
  table.AddHeading("a heading that is wider than all");
  table.AddRow({"pipe", "3.91 us", "4.1 us"});
  EXPECT_EQ(table.Render({.width = 14}),
            "name      p50\n"
            "\n"
            "a heading that is wider than all\n"
            "pipe  3.91 us\n"
            "\n"
            "name     p90\n"
            "pipe  4.1 us\n");
}

TEST(Table, HasAColumnInEachBlockHoweverNarrow) {
  const std::string text = Figures().Render({.width = 1});
  EXPECT_NE(text.find("p90"), std::string::npos);
  EXPECT_NE(text.find("lost"), std::string::npos);
}

TEST(Table, RunsATextAcrossTheFiguresOfTheFirstBlockOnly) {
  Table table = Figures();
  table.AddText({"fifo"}, "failed: the worker was killed by signal 9");
  const std::string text = table.Render({.width = 34});
  EXPECT_NE(text.find("fifo         failed: the worker\n"
                      "             was killed by signal\n"
                      "             9\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("fifo", text.find("lost")), std::string::npos);
}

TEST(Table, WrapsALastColumnIntoWhatRoomIsLeft) {
  Table table({{.title = "id", .align = kLeft, .key = true},
               {.title = "summary", .align = kLeft, .wraps = true}});
  table.AddRow({"pipe", "a byte stream between two processes"});
  EXPECT_EQ(table.Render({.width = 30}),
            "id    summary\n"
            "pipe  a byte stream between\n"
            "      two processes\n");
}

TEST(Table, ALastColumnThatWouldHaveNoRoomIsContinuedBelow) {
  Table table({{.title = "id", .align = kLeft, .key = true},
               {.title = "figure"},
               {.title = "summary", .align = kLeft, .wraps = true}});
  table.AddRow({"pipe", "1234567890", "a byte stream between two processes"});
  EXPECT_EQ(table.Render({.width = 30}),
            "id        figure\n"
            "pipe  1234567890\n"
            "\n"
            "id    summary\n"
            "pipe  a byte stream between\n"
            "      two processes\n");
}

TEST(Table, ColoursDoNotDisturbTheColumns) {
  Table table({{.title = "id", .align = kLeft, .key = true}, {.title = "n"}});
  table.AddRow({"pipe", "1"}, Tone::kBad);
  EXPECT_EQ(table.Render({.interactive = true, .width = 80, .colours = true}),
            "\033[1mid    n\033[0m\n\033[31mpipe  1\033[0m\n");
}

TEST(Table, BreaksWhatIsLongerThanItsColumn) {
  Table table({{.title = "name", .align = kLeft, .key = true},
               {.title = "note", .align = kLeft, .wraps = true}});
  table.AddRow({"a", std::string(30, 'x')});
  EXPECT_EQ(table.Render({.width = 26}),
            "name  note\n"
            "a     xxxxxxxxxxxxxxxxxxxx\n"
            "      xxxxxxxxxx\n");
}

}  // namespace
}  // namespace ipclab::cli
