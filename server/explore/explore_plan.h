// What an exploration is to do, read from its request: everything that is wrong at once, before
// anything starts. Pure.
#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/explore/search.h"
#include "ipclab/v1/explore.pb.h"
#include "server/catalogue.h"
#include "server/limits.h"
#include "server/program/program_plan.h"
#include "server/program/program_shelf.h"

namespace ipclab {

// A value; never changes once made.
struct ExplorePlan {
  v1::ExploreProgramRequest request;           // with every default filled in
  std::shared_ptr<const ProgramPlan> program;  // what request.program says
  SearchOptions options;
  absl::Duration time_limit;

  bool real() const { return request.engine() == v1::ExploreProgramRequest::REAL; }
};

// lot: the seed of a sample that asks for none. INVALID_ARGUMENT with all violations, or
// FAILED_PRECONDITION with what this host lacks for REAL. catalogue must outlive the plan.
absl::StatusOr<ExplorePlan> ValidateExplore(const v1::ExploreProgramRequest& request,
                                            const Catalogue& catalogue, const ProgramShelf& shelf,
                                            const Limits& limits, uint64_t lot);

}  // namespace ipclab
