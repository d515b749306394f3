// Those who watch the figures of one experiment, each at an interval of its own. A watcher that has
// not taken the last snapshot yet misses the next; what it missed is counted.
//
// Strand only. Owned by its experiment as a shared_ptr, because a timer or a watcher's last call
// may come late.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>

#include "absl/time/time.h"
#include "ipclab/v1/metrics.pb.h"
#include "server/event_loop.h"
#include "server/feeds/outlet.h"

namespace ipclab {

class MetricsFeed : public std::enable_shared_from_this<MetricsFeed> {
 public:
  using MetricsOutlet = Outlet<v1::Metrics>;

  // read returns the figures of this moment.
  MetricsFeed(EventLoop& loop, std::function<v1::Metrics()> read);

  // Nothing will change: every watcher gets the last figures and OK.
  void Close();

  // Ends every watch with the status, now.
  void Abort(const absl::Status& status);

  // Starts with the figures of now.
  void Watch(std::shared_ptr<MetricsOutlet> outlet, absl::Duration interval);

 private:
  struct Watcher {
    std::shared_ptr<MetricsOutlet> outlet;
    absl::Duration interval;
    EventLoop::TimerId timer = 0;
    int64_t skipped = 0;
    bool has_last = false;
  };
  using Watchers = std::list<Watcher>;

  void Tick(Watchers::iterator watcher);
  void Write(Watcher& watcher);
  void PumpLast();
  void DropClosed();

  EventLoop& loop_;
  const std::function<v1::Metrics()> read_;
  Watchers watchers_;
  bool closed_ = false;
};

}  // namespace ipclab
