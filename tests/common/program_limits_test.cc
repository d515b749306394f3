// No text, however large or deep, does more to the compiler than be refused.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/common/program_steps.h"

namespace ipclab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string Times(int count, std::string_view text) {
  std::string repeated;
  for (int i = 0; i < count; ++i) repeated += text;
  return repeated;
}

std::string InProcess(std::string_view body) {
  return absl::StrCat("shared x\nprocess P {\n", std::string(body), "\n}\n");
}

TEST(ProgramLimitsTest, SourceIsAtMost64KiB) {
  std::string source = "process P { }\n";
  source += "#" + std::string(ProgramLimits::kSourceBytes - source.size() - 1, '-');
  EXPECT_THAT(MessagesOf(source), IsEmpty());
  EXPECT_THAT(MessagesOf(source + "-"),
              ElementsAre("error 1:1 the program is 65537 bytes long; at most 65536 are taken"));
}

TEST(ProgramLimitsTest, SourceIsUtf8) {
  EXPECT_THAT(MessagesOf("# \u00e4\nprocess P { }"), IsEmpty());
  for (const std::string_view bad :
       {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe4"}) {
    EXPECT_THAT(MessagesOf(absl::StrCat("process P { }\n# ", std::string(bad))),
                ElementsAre("error 2:3 this is no text in UTF-8"));
  }
}

TEST(ProgramLimitsTest, NestingIsAtMost64) {
  EXPECT_THAT(MessagesOf(InProcess(Times(63, "if x { ") + Times(63, "}"))), IsEmpty());
  EXPECT_THAT(MessagesOf(InProcess(Times(64, "if x { ") + Times(64, "}"))),
              ElementsAre(HasSubstr("nested more than 64 deep")));
  EXPECT_THAT(MessagesOf(InProcess("x = " + Times(63, "(") + "1" + Times(63, ")"))), IsEmpty());
  EXPECT_THAT(MessagesOf(InProcess("x = " + Times(64, "(") + "1" + Times(64, ")"))),
              ElementsAre("error 3:68 nested more than 64 deep"));
}

TEST(ProgramLimitsTest, DepthOfAnyKindIsRefusedAndNothingMore) {
  for (const std::string_view each : {"(",
                                      "-",
                                      "!",
                                      "if x {",
                                      "while x {",
                                      "{",
                                      "x[",
                                      "lock(",
                                      "critical z {",
                                      "a && (",
                                      "[",
                                      "repeat 2 {",
                                      "if x { } else {",
                                      "x = x[",
                                      "process P {",
                                      "cas(x, ",
                                      "1 + ",
                                      "else if x {",
                                      "int ",
                                      "if x then {",
                                      "if x ",
                                      "for(",
                                      "for (i) {",
                                      "while ",
                                      "repeat x as i "}) {
    const int count = ProgramLimits::kSourceBytes / static_cast<int>(each.size()) - 20;
    for (const std::string_view before :
         {"", "shared x\nprocess P {\nx = ", "shared x\nprocess P {"}) {
      const auto messages = MessagesOf(absl::StrCat(std::string(before), Times(count, each)));
      EXPECT_FALSE(messages.empty()) << each;
      EXPECT_LE(messages.size(), 300u) << each;
    }
  }
}

TEST(ProgramLimitsTest, LongChainsOfOperatorsAreRefused) {
  EXPECT_THAT(MessagesOf(InProcess("x = 1" + Times(200, " + 1"))), IsEmpty());
  EXPECT_THAT(MessagesOf(InProcess("x = 1" + Times(9000, " + 1"))),
              ElementsAre("error 3:1027 more than 256 operators in one expression"));
}

TEST(ProgramLimitsTest, LongChainsOfElseIfAreNone) {
  EXPECT_THAT(MessagesOf(InProcess("if x { }" + Times(3000, " else if x { }"))), IsEmpty());
}

TEST(ProgramLimitsTest, AnExpressionHasOnlySoManyValuesAtOnce) {
  EXPECT_THAT(MessagesOf(InProcess(Times(30, "x = 1 + 2 * (") + "1")), testing::Not(IsEmpty()));
  const std::string deep = Times(40, "1 + 2 * (") + "x" + Times(40, ")");
  EXPECT_THAT(MessagesOf(InProcess("x = " + deep)),
              testing::Contains(HasSubstr("more than 64 values at once in one expression")));
}

TEST(ProgramLimitsTest, WorkersObjectsAndStateAreBounded) {
  EXPECT_THAT(MessagesOf("process P[8] { }\nprocess Q[8] { }"), IsEmpty());
  EXPECT_THAT(MessagesOf("process P[8] { }\nprocess Q[9] { }"),
              ElementsAre("error 2:9 there are more than 16 processes"));
  EXPECT_THAT(MessagesOf("mutex m[256]\nprocess P { lock(m[0]) }"), IsEmpty());
  EXPECT_THAT(MessagesOf("mutex m[256], n\nprocess P { lock(m[0]) }"),
              ElementsAre("error 1:15 there are more than 256 objects"));
  EXPECT_THAT(MessagesOf("shared a[8192]\nprocess P { a[0] = 1 }"),
              ElementsAre(HasSubstr("at most 8192 are taken")));
  EXPECT_THAT(MessagesOf("channel c[200][4096]\nprocess P { send(c[0], 1) }"),
              ElementsAre(HasSubstr("at most 8192 are taken")));
  EXPECT_THAT(MessagesOf("shared x\n"), ElementsAre("error 1:1 there is no process"));
  EXPECT_THAT(MessagesOf(""), ElementsAre("error 1:1 there is no process"));
}

TEST(ProgramLimitsTest, AfterAHundredErrorsItIsEnough) {
  const auto messages = MessagesOf(InProcess(Times(500, "frob\n")));
  EXPECT_EQ(messages.size(), 100u);
}

TEST(ProgramLimitsTest, ManyVariantsOfAManyNamedProgramTakeNoTime) {
  std::string source = "variant v0";
  for (int i = 1; i < 40; ++i) absl::StrAppend(&source, ", v", i);
  EXPECT_THAT(MessagesOf(source + "\nprocess P { }"),
              ElementsAre("error 1:159 there are more than 32 variants"));
  source.resize(source.find(", v32"));
  source += "\nprocess P {\n";
  for (int i = 0; i < 3000; ++i) absl::StrAppend(&source, "n", i, "=", i, "\n");
  for (int i = 0; i < 3000; ++i) absl::StrAppend(&source, "if m", i % 2000, "{}\n");
  EXPECT_EQ(MessagesOf(source + "}").size(), 100u);
}

}  // namespace
}  // namespace ipclab
