#include "server/program/scheduled_program.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/program/compile.h"
#include "server/complaints.h"
#include "server/errors.h"
#include "server/program/object_mechanisms.h"
#include "server/program/program_plan.h"
#include "server/program/validate_program.h"

namespace ipclab {
namespace {

absl::StatusOr<Program> ProgramOf(const Schedule& schedule, const std::string& source,
                                  const ProgramShelf& shelf) {
  Complaints complaints;
  if (schedule.program.empty()) {
    complaints.Wrong("schedule",
                     "has no heading: \"lost_update racy @3f9a01c2 : A B2\" says of "
                     "which program it is");
    return InvalidRequest(complaints.violations);
  }
  const ShelvedProgram* const shelved = source.empty() ? shelf.Find(schedule.program) : nullptr;
  if (source.empty() && shelved == nullptr) {
    complaints.Wrong("schedule", absl::StrCat("there is no program ", Quoted(schedule.program),
                                              "; ", shelf.Hint(schedule.program)));
    return InvalidRequest(complaints.violations);
  }
  Compilation compilation =
      CompileProgram(schedule.program, shelved ? shelved->source : source,
                     {schedule.variant, {schedule.parameters.begin(), schedule.parameters.end()}});
  for (const Diagnostic& each : compilation.diagnostics) {
    if (!each.is_error) continue;
    // What stands nowhere in the text is wrong with the choice.
    complaints.Wrong(each.span.line > 0 ? "source" : "schedule", DiagnosticText(each));
  }
  if (!compilation.program) return InvalidRequest(complaints.violations);
  const std::string hash = HashText(*compilation.program);
  if (!schedule.hash.empty() && schedule.hash != hash) {
    return InvalidRequest(
        {{"schedule", absl::StrCat("is of version @", schedule.hash, ", and the text is @", hash,
                                   " now: it was changed since")}});
  }
  return *std::move(compilation.program);
}

// Mechanisms that this host does not have decide all the same: nothing is started.
Program WithMechanisms(Program program, const Catalogue& catalogue) {
  v1::ProgramSpec spec;
  Complaints unheard;
  ProgramPlan plan;
  plan.program = std::move(program);
  CheckMechanisms(spec, catalogue, plan, unheard);
  return std::move(plan.program);
}

}  // namespace

absl::StatusOr<ScheduledProgram> ProgramOfSchedule(const std::string& schedule,
                                                   const std::string& source,
                                                   const ProgramShelf& shelf,
                                                   const Catalogue& catalogue) {
  auto parsed = ParseSchedule(schedule);
  if (!parsed.ok()) {
    return InvalidRequest({{"schedule", std::string(parsed.status().message())}});
  }
  auto program = ProgramOf(*parsed, source, shelf);
  if (!program.ok()) return program.status();
  return ScheduledProgram{WithMechanisms(*std::move(program), catalogue), std::move(parsed->steps)};
}

}  // namespace ipclab
