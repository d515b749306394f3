#include "common/listing/filter.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Op = FilterOperator;
using Kind = FilterField::Kind;

const std::vector<FilterField>& Fields() {
  static const auto& fields = *new std::vector<FilterField>{
      {"name", Kind::kText},  {"state", Kind::kChoice, {"READY", "RUNNING"}},
      {"labels", Kind::kMap}, {"step", Kind::kNumber},
      {"time", Kind::kTime},
  };
  return fields;
}

constexpr char kKnown[] = "there are name, state, labels.KEY, step, time";

std::vector<FilterComparison> Parse(const std::string& text) {
  const Filter filter = ParseFilter(text, Fields());
  for (const FilterMistake& mistake : filter.mistakes) {
    ADD_FAILURE() << text << ": column " << mistake.column << ": " << mistake.message;
  }
  return filter.comparisons;
}

FilterComparison Text(size_t field, Op op, std::string value, std::string key = "") {
  return {field, std::move(key), op, std::move(value)};
}

// Each mistake as "column: message".
std::vector<std::string> Mistakes(const std::string& text) {
  std::vector<std::string> mistakes;
  for (const FilterMistake& mistake : ParseFilter(text, Fields()).mistakes) {
    mistakes.push_back(absl::StrCat(mistake.column, ": ", mistake.message));
  }
  return mistakes;
}

TEST(FilterTest, NothingIsComparedByAnEmptyText) {
  EXPECT_THAT(Parse(""), IsEmpty());
  EXPECT_THAT(Parse(" \n\t"), IsEmpty());
}

TEST(FilterTest, JoinsComparisonsByAnd) {
  EXPECT_THAT(Parse("state = RUNNING AND labels.team != \"a\" AND step >= 10"),
              ElementsAre(Text(1, Op::kEqual, "RUNNING"), Text(2, Op::kNotEqual, "a", "team"),
                          FilterComparison{3, "", Op::kGreaterOrEqual, int64_t{10}}));
}

TEST(FilterTest, NeedsNoSpaceAroundOperators) {
  EXPECT_EQ(Parse("step<=-7 AND name!=x"), Parse(" step <= -7  AND\nname != 'x' "));
}

TEST(FilterTest, KnowsEveryOperator) {
  const std::vector<std::string> operators = {"=", "!=", "<", "<=", ">", ">="};
  for (size_t i = 0; i < operators.size(); ++i) {
    EXPECT_THAT(Parse("step " + operators[i] + " 1"),
                ElementsAre(FilterComparison{3, "", static_cast<Op>(i), int64_t{1}}));
  }
}

TEST(FilterTest, QuotedTextIsTakenAsItIs) {
  EXPECT_THAT(Parse("name = 'a AND (b) = \"c\" *'"),
              ElementsAre(Text(0, Op::kEqual, "a AND (b) = \"c\" *")));
  EXPECT_THAT(Parse(R"(name = "\"\'\\\n\r\t")"), ElementsAre(Text(0, Op::kEqual, "\"'\\\n\r\t")));
  EXPECT_THAT(Parse("name = 'AND'"), ElementsAre(Text(0, Op::kEqual, "AND")));
  EXPECT_THAT(Parse("name = ''"), ElementsAre(Text(0, Op::kEqual, "")));
  EXPECT_THAT(Parse("name = 'größer 100 €'"), ElementsAre(Text(0, Op::kEqual, "größer 100 €")));
}

TEST(FilterTest, KeysMayHaveDotsAndQuotes) {
  EXPECT_THAT(Parse("labels.example.org/team = a"),
              ElementsAre(Text(2, Op::kEqual, "a", "example.org/team")));
  EXPECT_THAT(Parse("labels.'a key' = a"), ElementsAre(Text(2, Op::kEqual, "a", "a key")));
}

TEST(FilterTest, TimesAreThoseOfRfc3339) {
  const absl::Time noon = absl::FromUnixSeconds(1769860800);
  for (const char* const text : {"2026-01-31T12:00:00Z", "'2026-01-31T13:00:00+01:00'"}) {
    EXPECT_THAT(Parse(absl::StrCat("time < ", text)),
                ElementsAre(FilterComparison{4, "", Op::kLess, noon}));
  }
  EXPECT_THAT(Parse("time = 2026-01-31T12:00:00.000000001Z"),
              ElementsAre(FilterComparison{4, "", Op::kEqual, noon + absl::Nanoseconds(1)}));
}

TEST(FilterTest, HoldsComparesAsTheOperatorSays) {
  for (const int right : {1, 2, 3}) {
    EXPECT_EQ(Holds(2, Op::kEqual, right), 2 == right);
    EXPECT_EQ(Holds(2, Op::kNotEqual, right), 2 != right);
    EXPECT_EQ(Holds(2, Op::kLess, right), 2 < right);
    EXPECT_EQ(Holds(2, Op::kLessOrEqual, right), 2 <= right);
    EXPECT_EQ(Holds(2, Op::kGreater, right), 2 > right);
    EXPECT_EQ(Holds(2, Op::kGreaterOrEqual, right), 2 >= right);
  }
}

struct Wrong {
  const char* text;
  const char* mistake;
};

class FilterMistakeTest : public testing::TestWithParam<Wrong> {};

TEST_P(FilterMistakeTest, SaysWhereAndWhatWouldBeRight) {
  const auto mistakes = Mistakes(GetParam().text);
  ASSERT_EQ(mistakes.size(), 1u) << testing::PrintToString(mistakes);
  EXPECT_THAT(mistakes[0], testing::StartsWith(GetParam().mistake)) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    All, FilterMistakeTest,
    testing::Values(
        Wrong{"colour = red", "1: there is no field \"colour\"; there are name, state, labels.KEY"},
        Wrong{"labels = a", "1: there is no field \"labels\"; there are"},
        Wrong{"labels. = a", "1: there is no field \"labels.\"; there are"},
        Wrong{"labels. 'a' = a", "1: there is no field \"labels.\"; there are"},
        Wrong{"State = READY", "1: there is no field \"State\"; there are"},
        Wrong{"state:READY", "1: there is no field \"state:READY\"; there are"},
        Wrong{"= 3", "1: expected a field, found \"=\"; there are name"},
        Wrong{"'name' = a", "1: expected a field, found \"name\"; there are name"},
        Wrong{"AND name = a", "1: expected a field, found \"AND\"; there are name"},
        Wrong{"name = a AND", "13: expected a field, found the end; there are name"},
        Wrong{"name = a AND AND name = b", "14: expected a field, found \"AND\"; there are name"},
        Wrong{"name", "5: expected = or != after name, found the end"},
        Wrong{"name a", "6: expected = or != after name, found \"a\""},
        Wrong{"name < a", "6: expected = or != after name, found \"<\""},
        Wrong{"state >= READY", "7: expected = or != after state, found \">=\""},
        Wrong{"labels.a < b", "10: expected = or != after labels, found \"<\""},
        Wrong{"step a", "6: expected one of = != < <= > >= after step, found \"a\""},
        Wrong{"step ! 3", "6: '!' has no meaning alone; the operator is !="},
        Wrong{"name =", "7: expected a value for name, found the end"},
        Wrong{"name == a", "7: expected a value for name, found \"=\""},
        Wrong{"name = AND step = 1", "8: expected a value for name, found \"AND\""},
        Wrong{"state = RUNING", "9: \"RUNING\" is no state; there are READY, RUNNING"},
        Wrong{"state = running", "9: \"running\" is no state; there are READY, RUNNING"},
        Wrong{"step = 1.5", "8: step is compared with a whole number, not with \"1.5\""},
        Wrong{"step = 9223372036854775808", "8: step is compared with a whole number, not with"},
        Wrong{"time > yesterday",
              "8: time is compared with a time such as \"2026-01-31T12:00:00Z\""},
        Wrong{"time > 2026-02-30T00:00:00Z", "8: time is compared with a time such as"},
        Wrong{"time > infinite-future", "8: time is compared with a time such as"},
        Wrong{"name = a OR name = b", "10: expected AND or the end, found \"OR\"; comparisons are"},
        Wrong{"name = a step = 1", "10: expected AND or the end, found \"step\""},
        Wrong{"name = a and step = 1", "10: expected AND or the end, found \"and\""},
        Wrong{"(name = a)", "1: '(' has no meaning here; put values that"},
        Wrong{"name = a*", "9: '*' has no meaning here; put values that"},
        Wrong{"name = €", "8: '€' has no meaning here; put values that"},
        Wrong{"name = '€' OR", "12: expected AND or the end, found \"OR\""},
        Wrong{"name = 'abc", "8: the quoted text that starts here has no closing quote"},
        Wrong{"name = 'abc\\", "8: the quoted text that starts here has no closing quote"},
        Wrong{"name = 'a\\z' ", "8: the quoted text that starts here has an escape other than"}));

TEST(FilterTest, EveryMistakeIsTold) {
  EXPECT_THAT(Mistakes("colour = red AND step = x AND state < READY AND name = a b"),
              ElementsAre(absl::StrCat("1: there is no field \"colour\"; ", kKnown),
                          "25: step is compared with a whole number, not with \"x\"",
                          "37: expected = or != after state, found \"<\"",
                          "58: expected AND or the end, found \"b\"; comparisons are joined by AND "
                          "alone"));
}

std::string Repeated(size_t times) {
  std::string text = "name = a";
  for (size_t i = 1; i < times; ++i) text += " AND name = a";
  return text;
}

TEST(FilterTest, MoreComparisonsThanTheLimitAreRefused) {
  EXPECT_EQ(Parse(Repeated(kMaxFilterComparisons)).size(), kMaxFilterComparisons);
  EXPECT_THAT(Mistakes(Repeated(kMaxFilterComparisons + 1)),
              ElementsAre("833: there are more than 64 comparisons; ask for less at once"));
}

TEST(FilterTest, ATextOverTheLimitIsRefusedUnread) {
  const std::string start = "name = ";
  EXPECT_EQ(Parse(start + std::string(kMaxFilterBytes - start.size(), 'a')).size(), 1u);
  EXPECT_THAT(
      Mistakes(std::string(5000, 'a')),
      ElementsAre("4097: the filter has 5000 bytes, and at most 4096 are read; ask for less "
                  "at once"));
}

TEST(FilterTest, WhatIsShownOfTheTextIsShortAndPlain) {
  EXPECT_THAT(Mistakes("step = '\x1b[31m'"),
              ElementsAre("8: step is compared with a whole number, not with \"\\033[31m\""));
  EXPECT_LT(Mistakes("step = " + std::string(4000, 'a'))[0].size(), 200u);
}

}  // namespace
}  // namespace ipclab
