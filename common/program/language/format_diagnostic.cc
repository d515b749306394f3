// How a diagnostic is shown.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/program/compile.h"

namespace ipclab {
namespace {

std::string_view SourceLine(std::string_view source, int line) {
  size_t begin = 0;
  for (int i = 1; i < line && begin < source.size(); ++i) {
    begin = std::min(source.find('\n', begin), source.size() - 1) + 1;
  }
  std::string_view text = source.substr(begin);
  text = text.substr(0, text.find('\n'));
  while (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

// The bytes of a line that are shown: all, or those around the mark.
struct Window {
  size_t begin;
  size_t end;
};

constexpr size_t kShownBytes = 100;
constexpr size_t kShownBefore = 60;  // the mark
constexpr char kCutMark[] = "\u2026";

// The bytes behind the first one of a character.
bool Continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

Window WindowAround(std::string_view line, size_t mark) {
  if (line.size() <= kShownBytes) return {0, line.size()};
  Window window = {std::min(mark - std::min(mark, kShownBefore), line.size() - kShownBytes), 0};
  window.end = window.begin + kShownBytes;
  while (window.begin > 0 && Continues(line[window.begin])) --window.begin;
  while (window.end < line.size() && Continues(line[window.end])) ++window.end;
  return window;
}

// The line and below it the mark.
std::string MarkedLine(std::string_view line, const SourceSpan& span) {
  const auto column = static_cast<size_t>(std::max(span.column, 1));
  const Window window = WindowAround(line, column - 1);
  const bool one_line = span.end_line == span.line;
  size_t end = one_line ? static_cast<size_t>(std::max(span.end_column, 0)) : line.size() + 1;
  end = std::max(end, column + 1);
  // Behind the last character of the line there is its end.
  end = std::min(end, window.end + (window.end < line.size() ? 1 : 2));
  std::string mark(window.begin > 0 ? " " : "");
  for (size_t i = window.begin + 1; i < end; ++i) {
    const char byte = i <= line.size() ? line[i - 1] : ' ';
    if (Continues(byte)) continue;  // they take no room
    mark += i >= column ? '^' : byte == '\t' ? '\t' : ' ';
  }
  std::string shown(line.substr(window.begin, window.end - window.begin));
  // No control characters into a terminal.
  for (char& each : shown) {
    if ((static_cast<unsigned char>(each) < 0x20 && each != '\t') || each == 0x7f) each = '?';
  }
  return absl::StrCat("\n  ", window.begin > 0 ? kCutMark : "", shown,
                      window.end < line.size() ? kCutMark : "", "\n  ", mark);
}

}  // namespace

std::string FormatDiagnostic(const Diagnostic& diagnostic, std::string_view file,
                             std::string_view source) {
  const SourceSpan& span = diagnostic.span;
  std::string text(file);
  if (span.line > 0) absl::StrAppend(&text, ":", span.line, ":", span.column);
  absl::StrAppend(&text, diagnostic.is_error ? ": error: " : ": warning: ", diagnostic.message);
  if (span.line > 0) text += MarkedLine(SourceLine(source, span.line), span);
  if (!diagnostic.hint.empty()) absl::StrAppend(&text, "\n  hint: ", diagnostic.hint);
  return text;
}

}  // namespace ipclab
