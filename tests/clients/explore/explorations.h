// Explorations as a server tells of them: the lost update, counted to its end and on the way.
#pragma once

#include <string>

#include "ipclab/v1/explore.pb.h"

namespace ipclab::cli {

v1::ExploreOutcome Outcome(const std::string& outcome, const std::string& schedules,
                           bool failing = false, bool deadlocked = false);

// 6 schedules, 4 of which fail; with the shortest of them.
v1::Exploration LostUpdateCounted();

// Of two locks in opposite order: found, with who waits for whom.
v1::Exploration DeadlockFound();

// The finding of LostUpdateCounted.
v1::ExploreFinding LostUpdateFinding();

// 924 of 2 704 156 schedules are done.
v1::ExploreProgress ProgressOfCount();

}  // namespace ipclab::cli
