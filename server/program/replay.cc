#include "server/program/replay.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/program/compile.h"
#include "server/errors.h"
#include "server/program/course.h"
#include "server/program/validate_program.h"
#include "server/program/view.h"

namespace ipclab {
namespace {

constexpr size_t kMostReplayed = 10'000;

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

}  // namespace

absl::StatusOr<v1::ReplayScheduleResponse> Replay(const v1::ReplayScheduleRequest& request,
                                                  const ProgramShelf& shelf) {
  const auto schedule = ParseSchedule(request.schedule());
  if (!schedule.ok()) {
    return InvalidRequest({{"schedule", std::string(schedule.status().message())}});
  }
  const auto program = ProgramOf(*schedule, request.source(), shelf);
  if (!program.ok()) return program.status();
  v1::ReplayScheduleResponse response;
  Course course(*program);
  const std::vector<Choose>& steps = schedule->steps;
  for (size_t i = 0; i < steps.size(); ++i) {
    const absl::Status possible =
        CheckStep(*program, course.state(), steps[i], course.step() + 1, course.instructions());
    if (!possible.ok()) return InvalidRequest({{"schedule", std::string(possible.message())}});
    const MadeStep made = course.MakeAgain(steps[i]);
    if (i + kMostReplayed >= steps.size()) {
      *response.add_operations() = OperationView(*program, made);
    }
  }
  *response.mutable_view() = ViewOf(course, {});
  return response;
}

}  // namespace ipclab
