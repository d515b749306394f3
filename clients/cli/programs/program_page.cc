#include "clients/cli/programs/program_page.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "clients/cli/parse.h"
#include "clients/cli/programs/hidden_answer.h"
#include "clients/cli/programs/program_source.h"
#include "clients/cli/sections.h"
#include "clients/cli/step/glyphs.h"
#include "clients/cli/table.h"

namespace ipclab::cli {
namespace {

std::string ParametersText(const v1::Program& program) {
  std::vector<std::string> parts;
  for (const v1::ProgramParameter& each : program.parameters()) {
    parts.push_back(absl::StrCat(Printable(each.name()), "=", each.default_value()));
  }
  return absl::StrJoin(parts, " ");
}

std::string KindText(v1::ProgramObject::Kind kind) {
  switch (kind) {
    case v1::ProgramObject::CELLS:
      return "shared cells";
    case v1::ProgramObject::RWLOCK:
      return "read-write lock";
    case v1::ProgramObject::CRITICAL:
      return "critical section";
    default:
      return LowerName(v1::ProgramObject::Kind_Name(kind));
  }
}

NamedLines ParameterLines(const v1::Program& program) {
  NamedLines lines;
  for (const v1::ProgramParameter& each : program.parameters()) {
    lines.emplace_back(
        Printable(each.name()),
        absl::StrCat(each.default_value(), ", of ", each.minimum(), " to ", each.maximum()));
  }
  return lines;
}

NamedLines ObjectLinesOf(const v1::Program& program) {
  NamedLines lines;
  for (const v1::DeclaredObject& each : program.objects()) {
    std::string text = KindText(each.kind());
    if (each.default_mechanism().empty()) {
      absl::StrAppend(&text, ", the lab's own");
    } else {
      absl::StrAppend(&text, " over ", each.default_mechanism());
      std::vector<std::string> others(each.mechanisms().begin(), each.mechanisms().end());
      std::erase(others, each.default_mechanism());
      if (!others.empty()) absl::StrAppend(&text, "; or ", absl::StrJoin(others, ", "));
    }
    lines.emplace_back(Printable(each.name()), text);
  }
  return lines;
}

std::string SourceSection(const v1::Program& program, const Terminal& terminal) {
  std::vector<std::string> lines = absl::StrSplit(program.source(), '\n');
  while (!lines.empty() && absl::StripAsciiWhitespace(lines.back()).empty()) lines.pop_back();
  if (lines.empty()) return "";
  const size_t digits = absl::StrCat(lines.size()).size();
  std::string text = absl::StrCat("\n", terminal.Paint(Tone::kStrong, "program"), "\n");
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string number = absl::StrCat(i + 1);
    const std::string shown = absl::StrCat(std::string(2 + digits - number.size(), ' '), number);
    absl::StrAppend(&text, terminal.Paint(Tone::kFaint, shown), lines[i].empty() ? "" : "  ",
                    Screened(lines[i]), "\n");
  }
  return text;
}

std::string Separated(const std::string& section) {
  return section.empty() ? "" : absl::StrCat("\n", section);
}

}  // namespace

std::string ProgramTable(const std::vector<v1::Program>& programs, const Terminal& terminal) {
  Table table({{.title = "name", .align = kLeft, .key = true},
               {.title = "variants", .align = kLeft},
               {.title = "parameters", .align = kLeft},
               {.title = "title", .align = kLeft, .wraps = true}});
  for (const v1::Program& each : programs) {
    const std::string variants = absl::StrJoin(each.variants(), ", ");
    table.AddRow({Printable(SubjectName(each.name())), variants.empty() ? "-" : Printable(variants),
                  each.parameters_size() == 0 ? "-" : ParametersText(each),
                  Printable(each.title())});
  }
  return table.Render(terminal);
}

std::string ProgramPage(const v1::Program& program, bool with_answer, const Terminal& terminal) {
  const size_t width = ProseWidth(terminal);
  std::string page = terminal.Paint(Tone::kStrong, Printable(SubjectName(program.name())));
  if (!program.title().empty()) absl::StrAppend(&page, ": ", Printable(program.title()));
  absl::StrAppend(&page, "\n");
  if (!program.lesson().empty()) {
    absl::StrAppend(&page, Paragraph("", "", Printable(program.lesson()), width));
  }
  const std::string& answer = program.answer();
  page += Separated(Section("to do",
                            {{"goal", Printable(program.goal())},
                             {"question", Printable(program.question())},
                             {"answer", with_answer      ? Printable(answer)
                                        : answer.empty() ? ""
                                                         : "--answer shows it"}},
                            terminal));
  page += Separated(Section(
      "to choose", {{"variants", Printable(absl::StrJoin(program.variants(), ", "))}}, terminal));
  page += Separated(Section("parameters", ParameterLines(program), terminal));
  page += Separated(Section("objects", ObjectLinesOf(program), terminal));
  v1::Program shown = program;
  if (!with_answer) shown.set_source(WithoutAnswer(program.source()));
  return page + SourceSection(shown, terminal);
}

}  // namespace ipclab::cli
