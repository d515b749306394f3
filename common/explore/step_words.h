// Steps as a teacher tells them: "reads counter", "lock m".
#pragma once

#include <string>

#include "common/program/apply.h"
#include "common/program/program.h"

namespace ipclab {

// What an operation is done on: "counter", "a[2]", "m"; empty for what await looks at.
std::string ThingText(const Program& program, const Operation& operation);

// thing: as the sentence calls it: its name, or "it". third: "reads it", else "read it".
std::string DeedText(const Program& program, const Operation& operation, const std::string& thing,
                     bool third);

}  // namespace ipclab
