// Which states of a graph can be reached from each other.
#pragma once

#include <cstdint>
#include <vector>

#include "common/explore/state_space.h"

namespace ipclab {

// By state: the number of its strongly connected component.
std::vector<uint32_t> ComponentsOf(const StateSpace& graph);

}  // namespace ipclab
