#include "server/explore/expedition.h"

#include <stop_token>
#include <utility>

#include "server/explore/exploration.h"

namespace ipclab {
namespace {

// What the desk is to do: explores, and tells the feed.
Desks::Work WorkOf(ExplorePlan plan, StartRuns start_runs, EventLoop& loop,
                   std::shared_ptr<ExploreFeed> feed) {
  return [plan = std::move(plan), start_runs = std::move(start_runs), &loop,
          feed = std::move(feed)](const std::stop_token& stop) -> Desks::Answer {
    const auto tell = [&](v1::ExploreEvent event) {
      loop.Post([feed, event = std::move(event)]() mutable { feed->Put(std::move(event)); });
    };
    auto result = Explore(plan, start_runs, stop, tell);
    return [&loop, feed, result = std::move(result)]() mutable {
      loop.Post([feed, result = std::move(result)]() mutable {
        if (result.ok()) {
          v1::ExploreEvent event;
          *event.mutable_exploration() = *std::move(result);
          feed->Put(std::move(event));
          feed->End(absl::OkStatus());
        } else {
          feed->End(result.status());
        }
      });
    };
  };
}

}  // namespace

void BeginExploration(ExplorePlan plan, const StartRuns& start_runs, Desks& desks, EventLoop& loop,
                      Engine& engine, const std::shared_ptr<ExploreOutlet>& outlet) {
  const auto stop = std::make_shared<std::stop_source>();
  const auto feed = ExploreFeed::Open(loop, outlet, [&engine, stop] {
    stop->request_stop();
    engine.ForgetAtStop(stop);
  });
  const absl::Status status = desks.Begin(*stop, WorkOf(std::move(plan), start_runs, loop, feed));
  loop.Post([&engine, stop, feed, status] {
    if (!status.ok()) return feed->Abort(status);
    // A short one may be over by now.
    if (feed->over()) return;
    engine.AtStop(stop, [feed](const absl::Status& stopping) { feed->Abort(stopping); });
  });
}

}  // namespace ipclab
