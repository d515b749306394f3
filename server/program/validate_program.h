// The program in a request, against the catalogues and the limits.
#pragma once

#include <memory>
#include <string>

#include "common/program/compile.h"
#include "ipclab/v1/program.pb.h"
#include "server/catalogue.h"
#include "server/complaints.h"
#include "server/program/program_plan.h"
#include "server/program/program_shelf.h"

namespace ipclab {

// Complains of all that is wrong with spec and fills in its defaults. Null when there is nothing to
// compile, or it cannot be compiled.
std::shared_ptr<const ProgramPlan> CheckProgram(v1::ProgramSpec& spec, const ProgramShelf& shelf,
                                                const Catalogue& catalogue, Complaints& complaints);

// The variant and the parameters, against those that the program has; where: "spec.program.".
void CheckProgramChoice(const ProgramText& text, const std::string& where,
                        const std::string& variant,
                        const google::protobuf::Map<std::string, int64_t>& parameters,
                        Complaints& complaints);

// "line 3, column 7: what is wrong; what to do".
std::string DiagnosticText(const Diagnostic& diagnostic);

}  // namespace ipclab
