#include "clients/cli/programs/diagnostic_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/cli/step/glyphs.h"
#include "common/program/compile.h"

namespace ipclab::cli {
namespace {

bool IsError(const v1::Diagnostic& diagnostic) {
  return diagnostic.severity() != v1::Diagnostic::WARNING;
}

SourceSpan SpanOf(const v1::SourceSpan& span) {
  return {.line = span.line(),
          .column = span.column(),
          .end_line = span.end_line(),
          .end_column = span.end_column()};
}

std::string CountText(int64_t count, const char* what) {
  return count == 0 ? "" : absl::StrCat(count, " ", what, count == 1 ? "" : "s");
}

}  // namespace

std::vector<std::string> DiagnosticLines(const v1::CheckProgramResponse& response,
                                         const std::string& file, const std::string& source) {
  std::vector<std::string> lines;
  for (const v1::Diagnostic& each : response.diagnostics()) {
    const Diagnostic diagnostic = {.is_error = IsError(each),
                                   .span = SpanOf(each.span()),
                                   .message = each.message(),
                                   .hint = each.hint()};
    const std::string text = FormatDiagnostic(diagnostic, file, source);
    for (const std::string& line :
         std::vector<std::string>(absl::StrSplit(text, '\n', absl::SkipEmpty()))) {
      lines.push_back(Screened(line));
    }
  }
  return lines;
}

bool HasErrors(const v1::CheckProgramResponse& response) {
  return !response.has_program() ||
         std::any_of(response.diagnostics().begin(), response.diagnostics().end(), IsError);
}

std::string DiagnosticCount(const v1::CheckProgramResponse& response) {
  const auto& all = response.diagnostics();
  const int64_t errors = std::count_if(all.begin(), all.end(), IsError);
  const std::string first = CountText(errors, "error");
  const std::string second = CountText(all.size() - errors, "warning");
  return absl::StrCat(first, first.empty() || second.empty() ? "" : ", ", second);
}

}  // namespace ipclab::cli
