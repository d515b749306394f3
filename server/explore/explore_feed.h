// What an exploration has to tell, on its way to who asked for it. Progress that was not taken yet
// gives way to newer progress; findings and the end are never lost.
//
// Strand only. Shared by the outlet, which calls it when it changes, and by who explores.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "ipclab/v1/explore.pb.h"
#include "server/event_loop.h"
#include "server/feeds/outlet.h"

namespace ipclab {

using ExploreOutlet = Outlet<v1::ExploreEvent>;

class ExploreFeed {
 public:
  // Opens the feed of an outlet, on any thread. on_over is called once, on the strand, when nothing
  // can be told any more: all is told, or the client is gone.
  static std::shared_ptr<ExploreFeed> Open(EventLoop& loop,
                                           const std::shared_ptr<ExploreOutlet>& outlet,
                                           std::function<void()> on_over);

  void Put(v1::ExploreEvent event);

  // Nothing can be told any more.
  bool over() const { return !on_over_; }

  // Nothing will follow: ends the stream with the status as soon as what was put has arrived.
  void End(const absl::Status& status);

  // Ends the stream with the status, now.
  void Abort(const absl::Status& status);

 private:
  ExploreFeed(std::weak_ptr<ExploreOutlet> outlet, std::function<void()> on_over);

  void Pump();

  const std::weak_ptr<ExploreOutlet> outlet_;  // weak because that holds this
  std::function<void()> on_over_;              // empty once called
  std::deque<v1::ExploreEvent> kept_;
  std::optional<v1::ExploreEvent> progress_;  // the newest
  std::optional<absl::Status> end_;
};

}  // namespace ipclab
