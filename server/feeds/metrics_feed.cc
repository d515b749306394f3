#include "server/feeds/metrics_feed.h"

#include <utility>

namespace ipclab {

MetricsFeed::MetricsFeed(EventLoop& loop, std::function<v1::Metrics()> read)
    : loop_(loop), read_(std::move(read)) {}

void MetricsFeed::Close() {
  closed_ = true;
  PumpLast();
}

void MetricsFeed::Abort(const absl::Status& status) {
  for (Watcher& watcher : watchers_) watcher.outlet->Finish(status);
  DropClosed();
}

void MetricsFeed::Watch(std::shared_ptr<MetricsOutlet> outlet, absl::Duration interval) {
  outlet->OnChange([&loop = loop_, weak = weak_from_this()] {
    loop.Post([weak] {
      if (const auto feed = weak.lock()) feed->PumpLast();
    });
  });
  const auto watcher = watchers_.insert(watchers_.end(), Watcher{std::move(outlet), interval});
  if (closed_) return PumpLast();
  Tick(watcher);
}

void MetricsFeed::Tick(Watchers::iterator watcher) {
  if (closed_) return;  // from here on the outlet's own calls lead to the last figures
  // A timer never outlives its watcher, and a watcher never its feed's lock here.
  watcher->timer = loop_.After(watcher->interval, [weak = weak_from_this(), watcher] {
    if (const auto feed = weak.lock()) feed->Tick(watcher);
  });
  if (watcher->outlet->Idle()) {
    Write(*watcher);
  } else {
    ++watcher->skipped;
  }
}

void MetricsFeed::Write(Watcher& watcher) {
  v1::Metrics metrics = read_();
  metrics.set_skipped(std::exchange(watcher.skipped, 0));
  watcher.outlet->Write(std::move(metrics));
}

void MetricsFeed::PumpLast() {
  if (closed_) {
    for (Watcher& watcher : watchers_) {
      if (watcher.has_last) {
        watcher.outlet->Finish(absl::OkStatus());
      } else if (watcher.outlet->Idle()) {
        watcher.has_last = true;
        Write(watcher);
      }
    }
  }
  DropClosed();
}

void MetricsFeed::DropClosed() {
  for (auto watcher = watchers_.begin(); watcher != watchers_.end();) {
    if (watcher->outlet->Closed()) {
      loop_.CancelTimer(watcher->timer);
      watcher = watchers_.erase(watcher);
    } else {
      ++watcher;
    }
  }
}

}  // namespace ipclab
