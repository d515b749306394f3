// From text to syntax. All mistakes of form are found in one go: after one the parser goes on with
// the next statement, so that one slip makes one message.
#pragma once

#include <string_view>

#include "common/program/language/findings.h"
#include "common/program/language/syntax.h"

namespace ipclab::lang {

// A whole file.
Syntax ParseProgram(std::string_view source, Findings& findings);

// An expression alone, owned by syntax. Null, or of kind kBad, where it could not be read.
const Expression* ParseExpression(std::string_view source, Syntax& syntax, Findings& findings);

}  // namespace ipclab::lang
