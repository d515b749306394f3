// What an exploration shows, and what it does not, in one sentence. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/explore/search.h"
#include "server/explore/explore_plan.h"

namespace ipclab {

// longest: steps of the longest run.
std::string VerdictOf(const ExplorePlan& plan, const Exploration& result, int64_t longest);

// How probable it is at most that all runs of a PCT sample miss a bug of the depth that was asked
// for; nullopt of all else, and where a failure was found or a run was truncated.
std::optional<double> MissProbability(const ExplorePlan& plan, const Exploration& result,
                                      int64_t longest);

}  // namespace ipclab
