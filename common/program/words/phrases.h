// Pieces that the words about lab programs are put together of.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/program/apply.h"
#include "common/program/program.h"

namespace ipclab {

// "counter", "a[2]", "fork[1]".
std::string ObjectName(const Program& program, int object, int element);

// "A", "A and B", "A, B and C"; empty for none.
std::string Letters(const std::vector<int>& workers);

// The workers of the bits, in order.
std::vector<int> WorkersOf(uint64_t bits);

// "1 record", "2 records".
std::string RecordsText(int64_t records);

// An expression as it could have been written, with the names of cells and of this worker's locals;
// worker -1: there are no locals.
std::string ExpressionText(const Program& program, int expression, int worker);

// Of a deadlock, in one sentence: "deadlock: A waits for n held by B, B waits for m held by A".
std::string DeadlockText(const Program& program, const int64_t* state);

// What the await at this label waits for.
std::string AwaitedText(const Program& program, int pc);

}  // namespace ipclab
