// The reference of the language says what is so: its examples compile, its mistakes are answered as
// it shows. IPCLAB_WRITE_DOCS=FILE writes the answers anew.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/program/compile.h"

namespace ipclab {
namespace {

constexpr char kPage[] = IPCLAB_DOCS "/writing_a_program.md";

std::string ReadPage() {
  std::ifstream file(kPage);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// A block between fences.
struct Fenced {
  size_t begin = std::string::npos;
  size_t end = 0;
};

Fenced FindFenced(const std::string& page, const std::string& language, size_t from) {
  const std::string fence = "\n```" + language + "\n";
  const size_t found = page.find(fence, from);
  if (found == std::string::npos) return {};
  const size_t begin = found + fence.size();
  return {begin, page.find("```\n", begin)};
}

std::string AnswerTo(const std::string& source) {
  std::string answer;
  for (const Diagnostic& each : CompileProgram("my", source).diagnostics) {
    absl::StrAppend(&answer, FormatDiagnostic(each, "my.lab", source), "\n");
  }
  return answer;
}

TEST(ProgramReferenceTest, EveryExampleCompilesWithoutAWord) {
  const std::string page = ReadPage();
  int examples = 0;
  for (Fenced each = FindFenced(page, "lab", 0); each.begin != std::string::npos;
       each = FindFenced(page, "lab", each.end)) {
    const std::string source = page.substr(each.begin, each.end - each.begin);
    EXPECT_EQ(AnswerTo(source), "") << source;
    ++examples;
  }
  EXPECT_GE(examples, 1);
}

TEST(ProgramReferenceTest, EveryMistakeIsAnsweredAsItSays) {
  std::string page = ReadPage();
  const char* const anew = std::getenv("IPCLAB_WRITE_DOCS");
  int mistakes = 0;
  for (Fenced each = FindFenced(page, "lab-error", 0); each.begin != std::string::npos;
       each = FindFenced(page, "lab-error", each.end)) {
    const std::string source = page.substr(each.begin, each.end - each.begin);
    const Fenced stated = FindFenced(page, "text", each.end);
    ASSERT_NE(stated.begin, std::string::npos) << source;
    const std::string answer = AnswerTo(source);
    EXPECT_FALSE(answer.empty()) << source;
    if (anew != nullptr) page.replace(stated.begin, stated.end - stated.begin, answer);
    EXPECT_EQ(page.substr(stated.begin, answer.size() + 3), answer + "```") << source;
    ++mistakes;
  }
  EXPECT_GE(mistakes, 5);
  if (anew != nullptr) std::ofstream(anew) << page;
}

}  // namespace
}  // namespace ipclab
