// What is asked of a schedule that fails: a shorter one, and why it fails. Pure, by the model; it
// may take a while.
#pragma once

#include "absl/status/statusor.h"
#include "ipclab/v1/explore.pb.h"
#include "server/catalogue.h"
#include "server/program/program_shelf.h"

namespace ipclab {

// INVALID_ARGUMENT as Replay; FAILED_PRECONDITION when no check fails with the schedule.
absl::StatusOr<v1::ShrinkScheduleResponse> ShrinkSchedule(const v1::ShrinkScheduleRequest& request,
                                                          const ProgramShelf& shelf,
                                                          const Catalogue& catalogue);
absl::StatusOr<v1::ExplainScheduleResponse> ExplainSchedule(
    const v1::ExplainScheduleRequest& request, const ProgramShelf& shelf,
    const Catalogue& catalogue);

}  // namespace ipclab
