// Which steps may be exchanged without any difference: what DPOR leaves out and what an explanation
// looks at follows from it. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "common/program/apply.h"
#include "common/program/program.h"

namespace ipclab {

// What an operation touches of the state, by offset of the words: a cell alone, any other object as
// a whole. What always looks at is touched by whoever writes it.
struct Footprint {
  std::vector<int32_t> reads;   // in order
  std::vector<int32_t> writes;  // in order
};

Footprint FootprintOf(const Program& program, const Operation& operation);

// Of two workers: their order may matter.
bool AreDependent(const Footprint& a, const Footprint& b);

}  // namespace ipclab
