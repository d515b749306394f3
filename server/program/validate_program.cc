#include "server/program/validate_program.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/program/compile.h"
#include "common/program/state.h"
#include "server/errors.h"
#include "server/program/object_mechanisms.h"

namespace ipclab {
namespace {

constexpr char kSource[] = "spec.program.source";

// What a text is called that is of no catalogue.
constexpr char kOwnProgram[] = "program";

std::string NamesOf(const std::vector<Parameter>& parameters) {
  if (parameters.empty()) return "none";
  return absl::StrJoin(parameters, ", ", [](std::string* out, const Parameter& each) {
    absl::StrAppend(out, each.name);
  });
}

class ProgramCheck {
 public:
  ProgramCheck(v1::ProgramSpec& spec, const ProgramShelf& shelf, const Catalogue& catalogue,
               Complaints& complaints)
      : spec_(spec), shelf_(shelf), catalogue_(catalogue), complaints_(complaints) {}

  std::shared_ptr<const ProgramPlan> Run() {
    ParseSteps();
    std::optional<ProgramText> text = FindText();
    if (!text) return nullptr;
    const size_t violations = complaints_.violations.size();
    CheckProgramChoice(*text, "spec.program.", spec_.variant(), spec_.parameters(), complaints_);
    if (complaints_.violations.size() > violations || !Compile()) return nullptr;
    FillIn();
    CheckMechanisms(spec_, catalogue_, plan_, complaints_);
    CheckSchedule();
    return std::make_shared<const ProgramPlan>(std::move(plan_));
  }

 private:
  void Wrong(const std::string& field, std::string description) {
    complaints_.Wrong(absl::StrCat("spec.program.", field), std::move(description));
  }

  void ParseSteps() {
    if (spec_.schedule().empty()) return;
    auto schedule = ParseSchedule(spec_.schedule());
    if (schedule.ok()) {
      schedule_ = *std::move(schedule);
    } else {
      Wrong("schedule", std::string(schedule.status().message()));
    }
  }

  std::optional<ProgramText> FindText() {
    if (spec_.program().empty() == spec_.source().empty()) {
      Wrong("program", spec_.program().empty()
                           ? absl::StrCat("or source is required: a program of the catalogue, or "
                                          "the text of one; ",
                                          shelf_.Hint(""))
                           : "and source are both there: give one of them");
      return std::nullopt;
    }
    if (!spec_.source().empty()) {
      // So that what a schedule of it is called fits.
      name_ = schedule_.program.empty() ? kOwnProgram : schedule_.program;
      plan_.source = spec_.source();
      return CompileFirst();
    }
    name_ = ProgramIdOf(spec_.program());
    const ShelvedProgram* const shelved = shelf_.Find(name_);
    if (shelved == nullptr) {
      Wrong("program", absl::StrCat("there is no program ", Quoted(spec_.program()), "; ",
                                    shelf_.Hint(spec_.program())));
      return std::nullopt;
    }
    spec_.set_program(name_);
    plan_.source = shelved->source;
    return shelved->program.text;
  }

  // As it is without a choice: which choices there are is in the text itself.
  std::optional<ProgramText> CompileFirst() {
    const Compilation compilation = CompileProgram(name_, plan_.source);
    if (compilation.program) return compilation.program->text;
    Complain(compilation.diagnostics, kSource);
    return std::nullopt;
  }

  bool Compile() {
    Compilation compilation =
        CompileProgram(name_, plan_.source,
                       {spec_.variant(), {spec_.parameters().begin(), spec_.parameters().end()}});
    if (!compilation.program) {
      Complain(compilation.diagnostics, spec_.source().empty() ? "spec.program" : kSource);
      return false;
    }
    plan_.program = *std::move(compilation.program);
    return true;
  }

  void Complain(const std::vector<Diagnostic>& diagnostics, const std::string& field) {
    for (const Diagnostic& each : diagnostics) {
      if (each.is_error) complaints_.Wrong(field, DiagnosticText(each));
    }
  }

  void FillIn() {
    const std::string hash = HashText(plan_.program);
    if (!spec_.hash().empty() && spec_.hash() != hash) {
      Wrong("hash",
            absl::StrCat("is ", Quoted(spec_.hash()), ", and the program is ", hash,
                         ": its text, its variant or a parameter is another one than then"));
    }
    spec_.set_hash(hash);
    spec_.set_variant(plan_.program.variant);
    for (const Parameter& each : plan_.program.parameters) {
      (*spec_.mutable_parameters())[each.name] = each.value;
    }
  }

  void CheckSchedule() {
    if (spec_.schedule().empty() || !CheckHeading()) return;
    std::vector<int64_t> state(static_cast<size_t>(plan_.program.state_words));
    const absl::Status status = Follow(plan_.program, schedule_.steps, state.data());
    if (!status.ok()) Wrong("schedule", std::string(status.message()));
    plan_.schedule = std::move(schedule_.steps);
  }

  // Of a whole line.
  bool CheckHeading() {
    if (schedule_.program.empty()) return true;
    const Program& program = plan_.program;
    const std::string hash = HashText(program);
    std::vector<std::string> other;
    if (schedule_.program != program.name) {
      other.push_back(
          absl::StrCat("the program ", Quoted(schedule_.program), ", not ", program.name));
    }
    // Where a line says no variant it is of the first.
    const std::string first = program.text.variants.empty() ? "" : program.text.variants.front();
    if ((schedule_.variant.empty() ? first : schedule_.variant) != program.variant) {
      other.push_back(absl::StrCat("the variant ", Quoted(schedule_.variant), ", not ",
                                   Quoted(program.variant)));
    }
    for (const Parameter& each : program.parameters) {
      const int64_t value = ValueThere(each);
      if (value == each.value) continue;
      other.push_back(absl::StrCat(each.name, "=", value, ", not ", each.value));
    }
    if (other.empty() && !schedule_.hash.empty() && schedule_.hash != hash) {
      other.push_back(absl::StrCat("version @", schedule_.hash, ", and the text is @", hash,
                                   " now: it was changed since"));
    }
    if (!other.empty()) Wrong("schedule", absl::StrCat("is of ", absl::StrJoin(other, ", and ")));
    return other.empty();
  }

  // What is not said has the program's own value.
  int64_t ValueThere(const Parameter& parameter) const {
    const auto said = schedule_.parameters.find(parameter.name);
    if (said != schedule_.parameters.end()) return said->second;
    const auto own =
        std::ranges::find(plan_.program.text.parameters, parameter.name, &Parameter::name);
    return own == plan_.program.text.parameters.end() ? parameter.value : own->value;
  }

  v1::ProgramSpec& spec_;
  const ProgramShelf& shelf_;
  const Catalogue& catalogue_;
  Complaints& complaints_;
  std::string name_;
  Schedule schedule_;
  ProgramPlan plan_;
};

}  // namespace

std::string DiagnosticText(const Diagnostic& diagnostic) {
  std::string text = diagnostic.message;
  if (diagnostic.span.line > 0) {
    text = absl::StrCat("line ", diagnostic.span.line, ", column ", diagnostic.span.column, ": ",
                        text);
  }
  if (!diagnostic.hint.empty()) absl::StrAppend(&text, "; ", diagnostic.hint);
  return text;
}

std::shared_ptr<const ProgramPlan> CheckProgram(v1::ProgramSpec& spec, const ProgramShelf& shelf,
                                                const Catalogue& catalogue,
                                                Complaints& complaints) {
  return ProgramCheck(spec, shelf, catalogue, complaints).Run();
}

void CheckProgramChoice(const ProgramText& text, const std::string& where,
                        const std::string& variant,
                        const google::protobuf::Map<std::string, int64_t>& parameters,
                        Complaints& complaints) {
  if (!variant.empty() && std::ranges::find(text.variants, variant) == text.variants.end()) {
    complaints.Wrong(
        absl::StrCat(where, "variant"),
        absl::StrCat("there is no variant ", Quoted(variant), "; there are ",
                     text.variants.empty() ? "none" : absl::StrJoin(text.variants, ", ")));
  }
  for (const auto& [name, value] : parameters) {
    const auto found = std::ranges::find(text.parameters, name, &Parameter::name);
    const std::string field = absl::StrCat(where, "parameters[", Quoted(name), "]");
    if (found == text.parameters.end()) {
      complaints.Wrong(
          field, absl::StrCat("there is no such parameter; there are ", NamesOf(text.parameters)));
    } else if (value < found->minimum || value > found->maximum) {
      complaints.Wrong(
          field, absl::StrCat("is ", value, ", must be ", found->minimum, " to ", found->maximum));
    }
  }
}

}  // namespace ipclab
