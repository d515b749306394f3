#include "server/program/program_description.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/program/state.h"
#include "common/program/words.h"
#include "server/errors.h"
#include "server/program/object_links.h"
#include "server/program/object_mechanisms.h"
#include "server/program/view.h"

namespace ipclab {
namespace {

constexpr int kUsualPage = 100;
constexpr int kLargestPageOfPrograms = 1000;

void AddObjects(const Program& program, const Catalogue& catalogue, v1::Program& message) {
  std::set<std::string> seen;
  for (const ProgramObject& object : program.objects) {
    if (!seen.insert(object.array).second) continue;
    v1::DeclaredObject& declared = *message.add_objects();
    declared.set_name(object.array);
    declared.set_kind(KindOf(object.kind));
    if (!HasMechanism(object.kind)) continue;
    declared.set_default_mechanism(DefaultMechanism(object));
    for (const internal::MechanismRecord& record : catalogue.records()) {
      const v1::Mechanism& mechanism = record.mechanism();
      if (mechanism.available() && Carries(mechanism, object.kind)) {
        declared.add_mechanisms(mechanism.id());
      }
    }
  }
}

// The process whose code an instruction is in: the last one that begins at or before it.
std::string ProcessAt(const Program& program, int pc) {
  const ProgramProcess* found = nullptr;
  for (const ProgramProcess& each : program.processes) {
    if (each.entry <= pc && (found == nullptr || each.entry > found->entry)) found = &each;
  }
  return found ? found->name : "";
}

// Where in the text a failure comes from; nowhere in particular for a deadlock and its like.
SourceSpan SpanOf(const Program& program, const Failure& failure) {
  const size_t detail = static_cast<size_t>(failure.detail);
  switch (failure.kind) {
    case FailureKind::kAssert:
    case FailureKind::kAlways:
    case FailureKind::kFinally:
      return program.checks[detail].span;
    case FailureKind::kBudget:
    case FailureKind::kIndex:
    case FailureKind::kDivision:
      return program.code[detail].span;
    default:
      return {};
  }
}

v1::Diagnostic Warning(std::string message, const SourceSpan& span = {}) {
  Diagnostic warning;
  warning.is_error = false;
  warning.span = span;
  warning.message = std::move(message);
  return ToProto(warning);
}

// What the text alone is right about, and yet no experiment on it would get anywhere.
void AddWarnings(const Program& program, v1::CheckProgramResponse& response) {
  const std::string too_many = TooManyLinks(LinksOf(program));
  if (!too_many.empty()) {
    *response.add_diagnostics() = Warning(absl::StrCat("cannot be run: ", too_many));
  }
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  BeginProgram(program, state.data(), nullptr);
  const std::string failure = FailureText(program, state.data());
  if (failure.empty()) return;
  *response.add_diagnostics() = Warning(absl::StrCat("fails before the first step: ", failure),
                                        SpanOf(program, State(program, state.data()).failure()));
}

}  // namespace

v1::Program DescribeProgram(const Program& program, const Catalogue& catalogue) {
  v1::Program message;
  message.set_title(program.text.title);
  message.set_lesson(program.text.lesson);
  message.set_goal(program.text.goal);
  message.set_question(program.text.question);
  message.set_answer(program.text.answer);
  for (const std::string& each : program.text.variants) message.add_variants(each);
  for (const Parameter& each : program.text.parameters) {
    v1::ProgramParameter& parameter = *message.add_parameters();
    parameter.set_name(each.name);
    parameter.set_default_value(each.value);
    parameter.set_minimum(each.minimum);
    parameter.set_maximum(each.maximum);
  }
  AddObjects(program, catalogue, message);
  return message;
}

std::vector<v1::ProgramLabel> LabelsOf(const Program& program) {
  std::vector<int> pcs;
  for (int pc = 0; static_cast<size_t>(pc) < program.code.size(); ++pc) {
    if (IsLabel(program.code[static_cast<size_t>(pc)].op)) pcs.push_back(pc);
  }
  const auto place = [&](int pc) {
    const SourceSpan& span = program.code[static_cast<size_t>(pc)].span;
    return std::pair(span.line, span.column);
  };
  std::ranges::stable_sort(pcs, [&](int a, int b) { return place(a) < place(b); });
  std::vector<v1::ProgramLabel> labels;
  for (const int pc : pcs) {
    const Instruction& instruction = program.code[static_cast<size_t>(pc)];
    v1::ProgramLabel& label = labels.emplace_back();
    label.set_name(LabelName(program, pc));
    label.set_process(ProcessAt(program, pc));
    *label.mutable_span() = ToProto(instruction.span);
    label.set_operation(LabelText(program, pc));
    if (instruction.object >= 0) {
      label.set_object(program.objects[static_cast<size_t>(instruction.object)].array);
    }
    label.set_writes(Writes(instruction.op));
  }
  return labels;
}

v1::Diagnostic ToProto(const Diagnostic& diagnostic) {
  v1::Diagnostic message;
  message.set_severity(diagnostic.is_error ? v1::Diagnostic::ERROR : v1::Diagnostic::WARNING);
  if (diagnostic.span.line > 0) *message.mutable_span() = ToProto(diagnostic.span);
  message.set_message(diagnostic.message);
  message.set_hint(diagnostic.hint);
  return message;
}

v1::CheckProgramResponse CheckProgramText(const v1::CheckProgramRequest& request,
                                          const Catalogue& catalogue) {
  const Compilation compilation = CompileProgram(
      "program", request.source(),
      {request.variant(), {request.parameters().begin(), request.parameters().end()}});
  v1::CheckProgramResponse response;
  for (const Diagnostic& each : compilation.diagnostics) {
    *response.add_diagnostics() = ToProto(each);
  }
  if (!compilation.program) return response;
  AddWarnings(*compilation.program, response);
  *response.mutable_program() = DescribeProgram(*compilation.program, catalogue);
  response.set_hash(HashText(*compilation.program));
  for (v1::ProgramLabel& each : LabelsOf(*compilation.program)) {
    *response.add_labels() = std::move(each);
  }
  return response;
}

// The shelf never changes while the server lives, so a page token is the next one's index.
absl::StatusOr<v1::ListProgramsResponse> ListPrograms(const v1::ListProgramsRequest& request,
                                                      const ProgramShelf& shelf,
                                                      const Catalogue& catalogue) {
  const std::vector<ShelvedProgram>& programs = shelf.programs();
  const std::string& token = request.page_token();
  size_t first = 0;
  if (!token.empty()) {
    const char* const end = token.data() + token.size();
    const auto [stop, error] = std::from_chars(token.data(), end, first);
    if (error != std::errc() || stop != end || first == 0 || first >= programs.size()) {
      return InvalidRequest(
          {{"page_token", "must be the next_page_token of an answer of this server"}});
    }
  }
  const int size = request.page_size() == 0
                       ? kUsualPage
                       : std::clamp(request.page_size(), 1, kLargestPageOfPrograms);
  const size_t last = std::min(programs.size(), first + static_cast<size_t>(size));
  v1::ListProgramsResponse response;
  for (size_t i = first; i < last; ++i) {
    v1::Program& program = *response.add_programs();
    program = DescribeProgram(programs[i].program, catalogue);
    program.set_name(absl::StrCat("programs/", programs[i].id));
  }
  if (last < programs.size()) response.set_next_page_token(absl::StrCat(last));
  return response;
}

absl::StatusOr<v1::Program> GetProgram(const std::string& name, const ProgramShelf& shelf,
                                       const Catalogue& catalogue) {
  constexpr char kPrefix[] = "programs/";
  const std::string id = ProgramIdOf(name);
  if (id.empty() || name != absl::StrCat(kPrefix, id)) {
    return InvalidRequest({{"name", absl::StrCat(Quoted(name),
                                                 " must be of the form programs/{program}: "
                                                 "programs/lost_update")}});
  }
  const ShelvedProgram* const shelved = shelf.Find(id);
  if (shelved == nullptr) return ResourceNotFound("ipclab.v1.Program", name, shelf.Hint(id));
  v1::Program program = DescribeProgram(shelved->program, catalogue);
  program.set_name(name);
  program.set_source(shelved->source);
  return program;
}

}  // namespace ipclab
