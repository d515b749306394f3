// Programs as the API describes them: their parts, their labels, and what is wrong with a text.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/program/compile.h"
#include "ipclab/v1/program_service.pb.h"
#include "server/catalogue.h"
#include "server/program/program_shelf.h"

namespace ipclab {

// Without its text. catalogue says what can carry its objects.
v1::Program DescribeProgram(const Program& program, const Catalogue& catalogue);

// Every operation that is a step, in order of the text.
std::vector<v1::ProgramLabel> LabelsOf(const Program& program);

v1::Diagnostic ToProto(const Diagnostic& diagnostic);

v1::CheckProgramResponse CheckProgramText(const v1::CheckProgramRequest& request,
                                          const Catalogue& catalogue);

absl::StatusOr<v1::ListProgramsResponse> ListPrograms(const v1::ListProgramsRequest& request,
                                                      const ProgramShelf& shelf,
                                                      const Catalogue& catalogue);

absl::StatusOr<v1::Program> GetProgram(const std::string& name, const ProgramShelf& shelf,
                                       const Catalogue& catalogue);

}  // namespace ipclab
