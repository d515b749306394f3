// The hash of a program, by which a schedule knows that it is of the same one.
#pragma once

#include <cstdint>

#include "common/program/program.h"

namespace ipclab::lang {

// Of all that decides what it does and what it shows: code, objects, processes, parameters, checks.
// Not of comments, layout, prose or the names of locals.
uint32_t HashOfProgram(const Program& program);

}  // namespace ipclab::lang
