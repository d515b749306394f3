#include "clients/cli/sections.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace ipclab::cli {
namespace {

constexpr size_t kLeastNameColumns = 16;
constexpr char kIndent[] = "  ";

}  // namespace

std::string Section(const std::string& title, const NamedLines& lines, const Terminal& terminal) {
  size_t columns = kLeastNameColumns;
  for (const auto& [name, value] : lines) {
    if (!value.empty()) columns = std::max(columns, ColumnsOf(name) + 1);
  }
  std::string text;
  for (const auto& [name, value] : lines) {
    if (value.empty()) continue;
    const std::string padding(columns - ColumnsOf(name), ' ');
    const std::string indent(2 + columns, ' ');
    text += Paragraph(absl::StrCat(kIndent, name, padding), indent, value, terminal.width);
  }
  return text.empty() ? "" : absl::StrCat(terminal.Paint(Tone::kStrong, title), "\n", text);
}

std::string Indented(const std::string& text) {
  std::string indented;
  for (const std::string& line :
       std::vector<std::string>(absl::StrSplit(text, '\n', absl::SkipEmpty()))) {
    absl::StrAppend(&indented, kIndent, line, "\n");
  }
  return indented;
}

}  // namespace ipclab::cli
