// From the declarations of a program to its objects, processes, workers and parameters, all but
// their code. Used by the compiler.
#pragma once

#include "common/program/compile.h"
#include "common/program/language/findings.h"
#include "common/program/language/scope.h"
#include "common/program/language/syntax.h"

namespace ipclab::lang {

// What the text says about itself; its parameters with their defaults.
ProgramText DescribeProgram(const Syntax& syntax, UsedNames& used, Findings& findings);

// Fills in all but code, checks and layout. program.text, variant and parameters are there.
void DeclareProgram(const Syntax& syntax, Program& program, UsedNames& used, Findings& findings);

// Adds one object; false, and an error, where there would be too many.
bool AddObject(ProgramObject object, Program& program, Findings& findings);

}  // namespace ipclab::lang
