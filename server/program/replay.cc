#include "server/program/replay.h"

#include <string>

#include "server/errors.h"
#include "server/program/course.h"
#include "server/program/scheduled_program.h"
#include "server/program/view.h"

namespace ipclab {
namespace {

constexpr size_t kMostReplayed = 10'000;

}  // namespace

absl::StatusOr<v1::ReplayScheduleResponse> Replay(const v1::ReplayScheduleRequest& request,
                                                  const ProgramShelf& shelf,
                                                  const Catalogue& catalogue) {
  const auto scheduled = ProgramOfSchedule(request.schedule(), request.source(), shelf, catalogue);
  if (!scheduled.ok()) return scheduled.status();
  const auto& [program, steps] = *scheduled;
  v1::ReplayScheduleResponse response;
  Course course(program);
  for (size_t i = 0; i < steps.size(); ++i) {
    const absl::Status possible =
        CheckStep(program, course.state(), steps[i], course.step() + 1, course.instructions());
    if (!possible.ok()) return InvalidRequest({{"schedule", std::string(possible.message())}});
    const MadeStep made = course.MakeAgain(steps[i]);
    if (i + kMostReplayed >= steps.size()) {
      *response.add_operations() = OperationView(program, made);
    }
  }
  *response.mutable_view() = ViewOf(course, {});
  return response;
}

}  // namespace ipclab
