#include "clients/cli/step/glyphs.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace ipclab::cli {
namespace {

TEST(Glyphs, TakeTheColumnsThatATerminalGivesThem) {
  EXPECT_EQ(ColumnsTaken("counter"), 7u);
  EXPECT_EQ(ColumnsTaken("Straße"), 6u);
  EXPECT_EQ(ColumnsTaken("日本語"), 6u);
  EXPECT_EQ(ColumnsTaken("e\u0301"), 1u);  // an accent that stands on the e
  EXPECT_EQ(ColumnsTaken("🙂"), 2u);
  EXPECT_EQ(ColumnsTaken("── │"), 4u);
}

TEST(Glyphs, AWideCharacterAcrossTheBorderIsCutOff) {
  EXPECT_EQ(FirstColumns("日本語", 3), "日");
  EXPECT_EQ(FirstColumns("日本語", 4), "日本");
  EXPECT_EQ(FirstColumns("日本語", 0), "");
  EXPECT_EQ(AfterColumns("a日b", 1), "日b");
  EXPECT_EQ(AfterColumns("a日b", 2), "b");
}

TEST(Glyphs, OfALongNameItsEndIsKept) {
  EXPECT_EQ(LastColumns("fork[1]", 7), "fork[1]");
  EXPECT_EQ(LastColumns("fork[12]", 7), "…rk[12]");
  EXPECT_EQ(LastColumns("日本語", 4), "…語");
}

TEST(Glyphs, WhatCouldMoveTheCursorOrTurnALineRoundIsShownInstead) {
  EXPECT_EQ(Screened("a\tb"), "a  b");
  EXPECT_EQ(Screened("\033[2Jx"), "\\x1b[2Jx");
  EXPECT_EQ(Screened("a\rb\nc"), "a\\x0db\\x0ac");
  EXPECT_EQ(Screened("a\u009bb"), "a\\x9bb");  // CSI in one character
  EXPECT_EQ(Screened("a\u202eb"), "a?b");
}

TEST(Glyphs, WhatIsNoUtf8IsAQuestionMarkForEachByte) {
  EXPECT_EQ(Screened("\xff\xfe"), "??");
  EXPECT_EQ(Screened("\xe6\x97"), "??");       // broken off
  EXPECT_EQ(Screened("\xc0\xaf"), "??");       // overlong
  EXPECT_EQ(Screened("\xed\xa0\x80"), "???");  // a surrogate
  EXPECT_EQ(Screened("\xf4\x90\x80\x80x"), "????x");
}

TEST(Glyphs, WithoutUtf8MarksHaveTheirNearestFormAndColumnsStay) {
  EXPECT_EQ(AsciiOnly("── a │ b…"), "-- a | b~");
  EXPECT_EQ(AsciiOnly("日本 ä"), "???? ?");
}

TEST(Glyphs, LongStringsAreCutInsideTheirQuotes) {
  EXPECT_EQ(WithShortStrings("send(q, \"hello\")"), "send(q, \"hello\")");
  EXPECT_EQ(WithShortStrings(absl::StrCat("[\"", std::string(300, 'x'), "\", \"b\", 1]")),
            absl::StrCat("[\"", std::string(39, 'x'), "…\", \"b\", 1]"));
  EXPECT_EQ(WithShortStrings(absl::StrCat("\"", std::string(41, 'x'))),
            absl::StrCat("\"", std::string(39, 'x'), "…"));
  const std::string plain(300, 'x');
  EXPECT_EQ(WithShortStrings(plain), plain);
  EXPECT_EQ(WithShortStrings(""), "");
  EXPECT_EQ(WithShortStrings("\""), "\"");
}

TEST(Glyphs, TheFirstWrongByteIsFound) {
  EXPECT_EQ(FirstWrongByte("a\u00e4\ufffd"), std::string::npos);
  EXPECT_EQ(FirstWrongByte("a\u00e4\xe4 b"), 3u);
}

}  // namespace
}  // namespace ipclab::cli
