// The life of an exploration that a client asked for:
//
// 1. It takes a desk, or is refused.
// 2. The thread of the desk explores. What it has to tell is posted to the strand, where the feed
//    passes it on to the client.
// 3. It ends by itself; or the client goes away, or the server stops: then the feed is over, the
//    thread is asked to stop, and nobody waits for it.
// 4. The desk is free again before the client hears of the end.
#pragma once

#include <memory>

#include "server/engine.h"
#include "server/event_loop.h"
#include "server/explore/await_runs.h"
#include "server/explore/desks.h"
#include "server/explore/explore_feed.h"
#include "server/explore/explore_plan.h"

namespace ipclab {

// On any thread. Borrows desks, loop and engine as long as the desks live.
void BeginExploration(ExplorePlan plan, const StartRuns& start_runs, Desks& desks, EventLoop& loop,
                      Engine& engine, const std::shared_ptr<ExploreOutlet>& outlet);

}  // namespace ipclab
