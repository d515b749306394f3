// The program that a schedule is of, for all that is done with schedules without processes. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/program/program.h"
#include "common/program/schedule.h"
#include "server/catalogue.h"
#include "server/program/program_shelf.h"

namespace ipclab {

struct ScheduledProgram {
  // With what the mechanisms decide that its text asks for: a schedule names no others.
  Program program;
  std::vector<Choose> steps;  // nobody has looked yet whether they can be made
};

// schedule: a whole line. source: the text of its program; empty: that of the shelf.
// INVALID_ARGUMENT with all that is wrong in either, also when the line is of another version.
absl::StatusOr<ScheduledProgram> ProgramOfSchedule(const std::string& schedule,
                                                   const std::string& source,
                                                   const ProgramShelf& shelf,
                                                   const Catalogue& catalogue);

}  // namespace ipclab
