// The courses around a failing one, and of those that pass the nearest: what differs least in the
// order of dependent steps. For explanations. Pure.
#pragma once

#include <optional>

#include "common/explore/dependency_table.h"
#include "common/explore/flips.h"
#include "common/explore/trail.h"
#include "common/program/program.h"

namespace ipclab {

struct Neighbour {
  Trail course;
  Flips flips;  // between the failing course and this one
};

// One thing done otherwise, or two where that does not do. Absent where nothing passes of as much
// as is tried, which is always the same.
std::optional<Neighbour> FindNeighbour(const Program& program, DependencyTable& table,
                                       const Trail& failing);

}  // namespace ipclab
