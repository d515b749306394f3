// Dynamic partial order reduction: of all schedules that differ only in the order of independent
// steps one at least is made, and few more. Every way in which a program can end is found.
//
// After Flanagan and Godefroid (POPL 2005), with sleep sets: each schedule is run to its end, and
// where two of its steps race, what would turn their order around is noted at the state before the
// first of them, to be tried later.
#pragma once

#include <memory>

#include "common/explore/search.h"
#include "common/program/program.h"

namespace ipclab {

// For Reduction::kDpor. program must outlive it and not change.
std::unique_ptr<Search> MakeDporSearch(const Program& program, const SearchOptions& options);

}  // namespace ipclab
