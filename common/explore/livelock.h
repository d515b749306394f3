// A livelock, over the graph of a program's states: a way to go on for ever although whoever can go
// on for ever does go on, now and then.
//
// Fair is what is fair to each worker in the weak sense: it makes a step again and again, or again
// and again it cannot. That a worker spins while another one, which could end that, is never chosen
// is no livelock; that all do what they can and yet none gets on is one.
#pragma once

#include <optional>

#include "common/explore/search.h"
#include "common/explore/state_space.h"

namespace ipclab {

// With the shortest way there that there is, and a round that is fair to every worker. Absent when
// there is none among the steps that were walked.
std::optional<Lasso> FindLivelock(const StateSpace& graph);

}  // namespace ipclab
