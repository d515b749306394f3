#include "server/explore/explore_feed.h"

#include <utility>

namespace ipclab {

std::shared_ptr<ExploreFeed> ExploreFeed::Open(EventLoop& loop,
                                               const std::shared_ptr<ExploreOutlet>& outlet,
                                               std::function<void()> on_over) {
  const std::shared_ptr<ExploreFeed> feed(new ExploreFeed(outlet, std::move(on_over)));
  outlet->OnChange([&loop, feed] { loop.Post([feed] { feed->Pump(); }); });
  // The client may have gone before anybody listened.
  loop.Post([feed] { feed->Pump(); });
  return feed;
}

ExploreFeed::ExploreFeed(std::weak_ptr<ExploreOutlet> outlet, std::function<void()> on_over)
    : outlet_(std::move(outlet)), on_over_(std::move(on_over)) {}

void ExploreFeed::Put(v1::ExploreEvent event) {
  if (event.has_progress()) {
    progress_ = std::move(event);
  } else {
    // How far it was then says nothing new beside the end.
    if (event.has_exploration()) progress_.reset();
    kept_.push_back(std::move(event));
  }
  Pump();
}

void ExploreFeed::End(const absl::Status& status) {
  progress_.reset();
  end_ = status;
  Pump();
}

void ExploreFeed::Abort(const absl::Status& status) {
  if (const auto outlet = outlet_.lock()) outlet->Finish(status);
  Pump();
}

void ExploreFeed::Pump() {
  const auto outlet = outlet_.lock();
  if (outlet && outlet->Idle()) {
    if (!kept_.empty()) {
      outlet->Write(std::move(kept_.front()));
      kept_.pop_front();
    } else if (progress_) {
      outlet->Write(*std::exchange(progress_, std::nullopt));
    } else if (end_) {
      outlet->Finish(*end_);
    }
  }
  if (outlet && !outlet->Closed()) return;
  if (const auto on_over = std::exchange(on_over_, nullptr)) on_over();
}

}  // namespace ipclab
