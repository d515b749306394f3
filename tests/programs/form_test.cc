// Every program of the catalogue has all its parts, and all look alike.

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/programs/catalogue.h"

namespace ipclab {
namespace {

using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;

class CatalogueFormTest : public ::testing::TestWithParam<std::string> {
 protected:
  std::vector<std::string> Lines() const { return absl::StrSplit(CatalogueText(GetParam()), '\n'); }
};

TEST_P(CatalogueFormTest, CompilesInEveryVariantWithoutWarnings) {
  const Program first = CatalogueProgram(GetParam());
  for (const std::string& variant : first.text.variants) {
    const Compilation compilation = CompileCatalogue(GetParam(), variant);
    ASSERT_TRUE(compilation.program) << variant;
    EXPECT_THAT(compilation.diagnostics, IsEmpty()) << variant;
    EXPECT_EQ(compilation.program->variant, variant);
  }
}

TEST_P(CatalogueFormTest, CompilesAtTheBoundsOfItsParameters) {
  const Program first = CatalogueProgram(GetParam());
  std::map<std::string, int64_t> least;
  std::map<std::string, int64_t> most;
  for (const Parameter& parameter : first.text.parameters) {
    least[parameter.name] = parameter.minimum;
    most[parameter.name] = parameter.maximum;
  }
  EXPECT_TRUE(CompileCatalogue(GetParam(), "", least).program);
  EXPECT_TRUE(CompileCatalogue(GetParam(), "", most).program);
}

TEST_P(CatalogueFormTest, HasEveryPart) {
  const Program program = CatalogueProgram(GetParam());
  const ProgramText& text = program.text;
  EXPECT_THAT(text.title, MatchesRegex("[A-Z].*[a-z]"));
  EXPECT_THAT(text.lesson, MatchesRegex("[A-Z].*\\."));
  EXPECT_THAT(text.goal, MatchesRegex("[A-Z].*\\."));
  EXPECT_THAT(text.question, MatchesRegex("[A-Z].*\\?"));
  EXPECT_THAT(text.answer, MatchesRegex("[A-Z0-9].*\\."));
  EXPECT_THAT(text.variants, SizeIs(::testing::Ge(2)));
  for (const std::string& prose :
       {text.title, text.lesson, text.goal, text.question, text.answer}) {
    EXPECT_EQ(prose.find("  "), std::string::npos) << prose;
  }
}

TEST_P(CatalogueFormTest, StartsSmall) {
  const Program program = CatalogueProgram(GetParam());
  EXPECT_LE(program.workers.size(), 9u);
  EXPECT_LE(Lines().size(), 61u);
}

TEST_P(CatalogueFormTest, IsLaidOutAsTheOthers) {
  const std::vector<std::string> lines = Lines();
  EXPECT_EQ(lines.back(), "") << "the last line has no end";
  int depth = 0;
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    const std::string& line = lines[i];
    SCOPED_TRACE(absl::StrCat(GetParam(), ".lab:", i + 1, ": ", line));
    EXPECT_LE(line.size(), 100u);
    EXPECT_EQ(line.find('\t'), std::string::npos);
    EXPECT_THAT(line, Not(EndsWith(" ")));
    if (line.empty()) continue;
    const size_t indentation = line.find_first_not_of(' ');
    if (line[indentation] == '"') {
      EXPECT_EQ(indentation, 9u) << "text goes on below its beginning";
      continue;
    }
    const bool closes = line[indentation] == '}';
    EXPECT_EQ(indentation, 2u * static_cast<size_t>(depth - closes));
    for (const char each : line.substr(0, line.find('#'))) depth += (each == '{') - (each == '}');
  }
  EXPECT_EQ(depth, 0);
}

// Title, what it teaches, what to try; what can be chosen; what is shared; who acts; what must
// hold.
TEST_P(CatalogueFormTest, HasItsPartsInTheUsualOrder) {
  static const auto& order = *new std::vector<std::vector<std::string>>{
      {"title"},
      {"lesson"},
      {"goal"},
      {"question"},
      {"answer"},
      {"param"},
      {"variant"},
      {"shared", "mutex", "semaphore", "condition", "rwlock", "barrier", "channel"},
      {"process"},
      {"observe"},
      {"always", "finally"}};
  size_t part = 0;
  for (const std::string& line : Lines()) {
    if (line.empty() || line[0] == ' ' || line[0] == '}' || line[0] == '#') continue;
    const std::string word = line.substr(0, line.find(' '));
    while (part < order.size() &&
           std::find(order[part].begin(), order[part].end(), word) == order[part].end()) {
      ++part;
    }
    ASSERT_LT(part, order.size()) << word << " stands too late, or is unknown";
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, CatalogueFormTest, ::testing::ValuesIn(CatalogueNames()),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace ipclab
