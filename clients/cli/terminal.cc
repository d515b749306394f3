#include "clients/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace ipclab::cli {
namespace {

const char* CodeOf(Tone tone) {
  switch (tone) {
    case Tone::kStrong:
      return "\033[1m";
    case Tone::kFaint:
      return "\033[2m";
    case Tone::kGood:
      return "\033[32m";
    case Tone::kWarning:
      return "\033[33m";
    case Tone::kBad:
      return "\033[31m";
    case Tone::kPlain:
      break;
  }
  return "";
}

size_t WidthFromEnvironment() {
  const char* columns = std::getenv("COLUMNS");
  unsigned width = 0;
  return columns && absl::SimpleAtoi(columns, &width) ? width : 0;
}

size_t WidthOf(int fd) {
  winsize size = {};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

bool WantsColours() {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return !(no_color && *no_color) && term && std::string(term) != "dumb";
}

}  // namespace

std::string Terminal::Paint(Tone tone, const std::string& text) const {
  if (!colours || tone == Tone::kPlain || text.empty()) return text;
  return absl::StrCat(CodeOf(tone), text, "\033[0m");
}

Terminal TerminalOf(int fd) {
  Terminal terminal;
  terminal.interactive = ::isatty(fd) == 1;
  terminal.width = terminal.interactive ? WidthOf(fd) : WidthFromEnvironment();
  terminal.colours = terminal.interactive && WantsColours();
  return terminal;
}

size_t ColumnsOf(const std::string& text) {
  size_t columns = 0;
  for (const char c : text) {
    const bool continuation = (static_cast<unsigned char>(c) & 0xc0) == 0x80;
    if (!continuation) ++columns;
  }
  return columns;
}

std::string Printable(const std::string& text) {
  std::string printable;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0u;
    // U+0080 to U+009F, in UTF-8, are control characters too.
    const bool high = byte == 0xc2 && next >= 0x80 && next <= 0x9f;
    if (byte < 0x20 || byte == 0x7f || high) {
      absl::StrAppendFormat(&printable, "\\x%02x", high ? next : byte);
      if (high) ++i;
    } else {
      printable += text[i];
    }
  }
  return printable;
}

size_t ProseWidth(const Terminal& terminal) { return terminal.width > 0 ? terminal.width : 100; }

std::vector<std::string> WrapWords(const std::string& text, size_t width) {
  std::vector<std::string> lines;
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
    std::string current;
    for (const std::string& word :
         std::vector<std::string>(absl::StrSplit(line, ' ', absl::SkipEmpty()))) {
      if (!current.empty() && width > 0 && ColumnsOf(current) + 1 + ColumnsOf(word) > width) {
        lines.push_back(current);
        current.clear();
      }
      absl::StrAppend(&current, current.empty() ? "" : " ", word);
    }
    lines.push_back(current);
  }
  return lines;
}

std::string Paragraph(const std::string& first, const std::string& indent, const std::string& text,
                      size_t width) {
  const size_t taken = ColumnsOf(indent);
  std::string paragraph;
  for (const std::string& line : WrapWords(text, width > taken + 20 ? width - taken : width)) {
    absl::StrAppend(&paragraph, paragraph.empty() ? first : indent, line, "\n");
  }
  return paragraph;
}

}  // namespace ipclab::cli
