#include "server/explore/schedule_answers.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/explore/explain.h"
#include "common/explore/shrink.h"
#include "common/program/apply.h"
#include "server/errors.h"
#include "server/explore/explore_view.h"
#include "server/program/scheduled_program.h"

namespace ipclab {
namespace {

absl::Status Passes(const Program& program, const std::string& schedule,
                    const std::vector<int64_t>& state) {
  const bool whole = EnabledOf(program, state.data()) == 0;
  return PreconditionFailed(
      {{"SCHEDULE_PASSES", Quoted(schedule),
        absl::StrCat("no check fails with this schedule",
                     whole ? "" : ", and the program can still go on after its last step",
                     "; only one that fails can be made shorter or explained")}});
}

// The program and its steps up to the one that fails.
template <class Request>
absl::StatusOr<ScheduledProgram> FailingProgram(const Request& request, const ProgramShelf& shelf,
                                                const Catalogue& catalogue) {
  auto scheduled = ProgramOfSchedule(request.schedule(), request.source(), shelf, catalogue);
  if (!scheduled.ok()) return scheduled.status();
  auto& [program, steps] = *scheduled;
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  const absl::Status possible = Follow(program, steps, state.data());
  if (!possible.ok()) return InvalidRequest({{"schedule", std::string(possible.message())}});
  auto failing = UpToFailure(program, steps);
  if (!failing) return Passes(program, request.schedule(), state);
  steps = *std::move(failing);
  return scheduled;
}

}  // namespace

absl::StatusOr<v1::ShrinkScheduleResponse> ShrinkSchedule(const v1::ShrinkScheduleRequest& request,
                                                          const ProgramShelf& shelf,
                                                          const Catalogue& catalogue) {
  const auto failing = FailingProgram(request, shelf, catalogue);
  if (!failing.ok()) return failing.status();
  const auto& [program, steps] = *failing;
  const Shrunk shrunk = Shrink(program, steps);
  v1::ShrinkScheduleResponse response;
  response.set_schedule(FormatSchedule(program, shrunk.steps));
  response.set_check(CheckThatFails(program, shrunk.steps));
  response.set_preemptions(static_cast<int32_t>(shrunk.preemptions));
  response.set_steps(static_cast<int32_t>(shrunk.steps.size()));
  response.set_tried(shrunk.tried);
  response.set_shortest(shrunk.least);
  return response;
}

absl::StatusOr<v1::ExplainScheduleResponse> ExplainSchedule(
    const v1::ExplainScheduleRequest& request, const ProgramShelf& shelf,
    const Catalogue& catalogue) {
  const auto failing = FailingProgram(request, shelf, catalogue);
  if (!failing.ok()) return failing.status();
  const auto& [program, steps] = *failing;
  const Explanation explanation = Explain(program, steps);
  v1::ExplainScheduleResponse response;
  response.set_check(explanation.check);
  *response.mutable_explanation() = ToProto(program, explanation);
  return response;
}

}  // namespace ipclab
