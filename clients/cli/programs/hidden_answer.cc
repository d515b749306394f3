#include "clients/cli/programs/hidden_answer.h"

#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace ipclab::cli {
namespace {

constexpr std::string_view kAnswer = "answer";

bool BeginsAnswer(std::string_view line) {
  return line.starts_with(kAnswer) && line.size() > kAnswer.size() &&
         (absl::ascii_isspace(static_cast<unsigned char>(line[kAnswer.size()])) ||
          line[kAnswer.size()] == '"');
}

}  // namespace

std::string WithoutAnswer(const std::string& source) {
  std::vector<std::string> lines = absl::StrSplit(source, '\n');
  bool inside = false;
  for (std::string& line : lines) {
    const std::string bare(absl::StripLeadingAsciiWhitespace(line));
    const std::string indent = line.substr(0, line.size() - bare.size());
    if (BeginsAnswer(bare)) {
      inside = true;
      line = absl::StrCat(indent, "answer   ...");
    } else if (inside && bare.starts_with('"')) {  // strings that follow are one with it
      line = absl::StrCat(indent, "...");
    } else {
      inside = false;
    }
  }
  return absl::StrJoin(lines, "\n");
}

}  // namespace ipclab::cli
