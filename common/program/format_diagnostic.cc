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

}  // namespace

std::string FormatDiagnostic(const Diagnostic& diagnostic, std::string_view file,
                             std::string_view source) {
  const SourceSpan& span = diagnostic.span;
  std::string text(file);
  if (span.line > 0) absl::StrAppend(&text, ":", span.line, ":", span.column);
  absl::StrAppend(&text, diagnostic.is_error ? ": error: " : ": warning: ", diagnostic.message);
  if (span.line > 0) {
    std::string line(SourceLine(source, span.line));
    std::string mark;
    const auto column = static_cast<size_t>(span.column);
    const bool one_line = span.end_line == span.line;
    const size_t end = one_line ? static_cast<size_t>(span.end_column) : line.size() + 1;
    for (size_t i = 1; i < std::max(end, column + 1); ++i) {
      const auto byte = i <= line.size() ? static_cast<unsigned char>(line[i - 1]) : ' ';
      // The bytes behind the first one of a character take no room.
      if (byte >= 0x80 && byte < 0xc0) continue;
      mark += i >= column ? '^' : byte == '\t' ? '\t' : ' ';
    }
    // No control characters into a terminal.
    for (char& each : line) {
      if ((static_cast<unsigned char>(each) < 0x20 && each != '\t') || each == 0x7f) each = '?';
    }
    absl::StrAppend(&text, "\n  ", line, "\n  ", mark);
  }
  if (!diagnostic.hint.empty()) absl::StrAppend(&text, "\n  hint: ", diagnostic.hint);
  return text;
}

}  // namespace ipclab
