// What the compiler finds in a program: all of it at once, and how it is shown.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/common/program_steps.h"

namespace ipclab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ProgramFindingsTest, AllAreSaidAtOnceInOrderOfTheText) {
  EXPECT_THAT(MessagesOf("finally x == y\n"
                         "process P {\n"
                         "  if x = 1 { lok(m) }\n"
                         "  print z; counter = \"\\q\"\n"
                         "}\n"
                         "shared x = nothing\n"),
              ElementsAre("error 1:14 there is no shared cell 'y'",
                          "error 3:8 '=' is no operator of a value",
                          "error 3:14 there is no operation 'lok'", "error 4:9 there is no 'z'",
                          "error 4:23 '\\q' means nothing in a string",
                          "error 6:12 an initial value must be known before the program runs"));
}

TEST(ProgramFindingsTest, EveryVariantIsChecked) {
  constexpr std::string_view kSource =
      "variant a, b\nshared x\nprocess P {\n  if variant == a { v = 1 }\n"
      "  if variant == b { x = v }\n  if variant == a { x = v }\n}";
  EXPECT_THAT(MessagesOf(kSource, {"a", {}}),
              ElementsAre("error 5:25 'v' may be read before it is assigned"));
}

TEST(ProgramFindingsTest, WarningsAreOfWhatIsUsedInNoVariant) {
  EXPECT_THAT(MessagesOf("variant a, b\nparam p = 1, r = 2\nshared x, unused\nmutex m\n"
                         "process P {\n  if variant == b { lock(m); x = r }\n  cuont = 1\n}\n"),
              ElementsAre("warning 2:7 parameter 'p' is never used",
                          "warning 3:11 object 'unused' is never used",
                          "warning 7:3 local 'cuont' is never read"));
  EXPECT_THAT(MessagesOf("process B { }"), IsEmpty());
  EXPECT_THAT(MessagesOf("process B { }\nprocess Other { }"),
              ElementsAre("warning 1:9 process 'B' is worker A in schedules, and B is another"));
}

TEST(ProgramFindingsTest, ChoicesAreChecked) {
  constexpr std::string_view kSource =
      "variant a, b\nparam n = 1 in 1..3\nshared x\nprocess P { x = n }";
  EXPECT_THAT(MessagesOf(kSource, {"c", {}}), ElementsAre("error 0:0 there is no variant 'c'"));
  EXPECT_THAT(MessagesOf(kSource, {"", {{"m", 1}}}),
              ElementsAre("error 0:0 there is no parameter 'm'"));
  EXPECT_THAT(MessagesOf(kSource, {"", {{"n", 4}}}),
              ElementsAre("error 0:0 parameter n is 4, which is not in 1..3"));
  EXPECT_THAT(MessagesOf(kSource, {"b", {{"n", 3}}}), IsEmpty());
}

TEST(ProgramFindingsTest, AreShownWithTheirLineAMarkAndAHint) {
  const std::string source = "shared x\nprocess P {\n\tx = \"\u00e4\" + y\n}";
  const auto diagnostics = CompileProgram("t", source).diagnostics;
  ASSERT_EQ(diagnostics.size(), 2u);
  EXPECT_EQ(FormatDiagnostic(diagnostics[1], "my.lab", source),
            "my.lab:3:13: error: there is no 'y'\n"
            "  \tx = \"\u00e4\" + y\n"
            "  \t          ^\n"
            "  hint: a local is assigned before it is read; a shared cell is declared");
  EXPECT_EQ(FormatDiagnostic({false, {}, "so it is", ""}, "my.lab", source),
            "my.lab: warning: so it is");
}

TEST(ProgramFindingsTest, OfALongLineOnlyWhatIsAroundTheMarkIsShown) {
  std::string umlauts;
  for (int i = 0; i < 200; ++i) umlauts += "\u00e4";
  const std::string source = umlauts + "x y" + umlauts;
  for (const int column : {1, 60, 401, 403, 800}) {
    const SourceSpan span = {
        .line = 1, .column = column, .end_line = 1, .end_column = column + 700};
    const std::string text = FormatDiagnostic({true, span, "so it is", ""}, "my.lab", source);
    const std::vector<std::string> lines = absl::StrSplit(text, '\n');
    ASSERT_EQ(lines.size(), 3u);
    EXPECT_LE(lines[1].size(), 112u);  // with the ellipses
    EXPECT_LE(lines[2].size(), 106u);
    EXPECT_THAT(lines[2], testing::HasSubstr("^"));
    // Whole characters: of two bytes each, three of an ellipsis.
    for (size_t i = 2; i < lines[1].size(); ++i) {
      if (lines[1][i] == '\xc3') {
        EXPECT_EQ(lines[1][++i], '\xa4') << column;
      } else {
        EXPECT_NE(lines[1][i], '\xa4') << column;
      }
    }
  }
  const std::string line = absl::StrCat(std::string(150, 'a'), "!", std::string(150, 'b'));
  EXPECT_EQ(FormatDiagnostic({true, {1, 151, 1, 152}, "no", ""}, "l", line),
            absl::StrCat("l:1:151: error: no\n  \u2026", std::string(60, 'a'), "!",
                         std::string(39, 'b'), "\u2026\n  ", std::string(61, ' '), "^"));
}

}  // namespace
}  // namespace ipclab
