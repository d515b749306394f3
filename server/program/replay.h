// Follows a schedule through the lab's model, without any process. Pure.
#pragma once

#include "absl/status/statusor.h"
#include "ipclab/v1/program_service.pb.h"
#include "server/catalogue.h"
#include "server/program/program_shelf.h"

namespace ipclab {

// INVALID_ARGUMENT with everything that is wrong with schedule or source: what cannot be parsed or
// compiled, a schedule of another program or version, a step that cannot be made.
absl::StatusOr<v1::ReplayScheduleResponse> Replay(const v1::ReplayScheduleRequest& request,
                                                  const ProgramShelf& shelf,
                                                  const Catalogue& catalogue);

}  // namespace ipclab
