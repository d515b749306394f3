#include "server/event_feed.h"

#include <utility>

#include "server/durations.h"
#include "server/errors.h"

namespace ipclab {
namespace {

// A watcher that is further behind than this has to start again with a snapshot.
constexpr size_t kLogLength = 256;

}  // namespace

EventFeed::EventFeed(EventLoop& loop, std::function<v1::Experiment()> snapshot)
    : loop_(loop), snapshot_(std::move(snapshot)) {}

void EventFeed::Append(v1::ExperimentEvent event) {
  event.set_sequence(++newest_);
  *event.mutable_time() = ProtoNow();
  log_.push_back(std::move(event));
  if (log_.size() > kLogLength) log_.pop_front();
  PumpAll();
}

void EventFeed::Close() {
  closed_ = true;
  PumpAll();
}

void EventFeed::Abort(const absl::Status& status) {
  for (Watcher& watcher : watchers_) watcher.outlet->Finish(status);
  watchers_.clear();
}

void EventFeed::Watch(std::shared_ptr<EventOutlet> outlet) {
  outlet->OnChange([&loop = loop_, weak = weak_from_this()] {
    loop.Post([weak] {
      if (const auto feed = weak.lock()) feed->PumpAll();
    });
  });
  watchers_.push_back(Watcher{std::move(outlet)});
  PumpAll();
}

void EventFeed::PumpAll() {
  std::erase_if(watchers_, [this](Watcher& watcher) { return !Pump(watcher); });
}

bool EventFeed::Pump(Watcher& watcher) {
  if (watcher.outlet->Closed()) return false;
  const int64_t oldest = newest_ - static_cast<int64_t>(log_.size()) + 1;
  if (watcher.cursor >= 0 && watcher.cursor + 1 < oldest) {
    watcher.outlet->Finish(
        ErrorWithReason(absl::StatusCode::kResourceExhausted, "WATCHER_TOO_SLOW",
                        "this watcher fell too far behind; watch again to start with a snapshot"));
    return false;
  }
  if (!watcher.outlet->Idle()) return true;
  if (watcher.cursor < 0 || (watcher.cursor == newest_ && closed_ && !watcher.has_last)) {
    watcher.cursor = newest_;
    watcher.has_last = closed_;
    watcher.outlet->Write(Snapshot());
    return true;
  }
  if (watcher.cursor < newest_) {
    ++watcher.cursor;
    watcher.outlet->Write(log_[static_cast<size_t>(watcher.cursor - oldest)]);
    return true;
  }
  if (!closed_) return true;
  watcher.outlet->Finish(absl::OkStatus());
  return false;
}

v1::ExperimentEvent EventFeed::Snapshot() const {
  v1::ExperimentEvent event;
  event.set_sequence(newest_);
  *event.mutable_time() = ProtoNow();
  *event.mutable_snapshot() = snapshot_();
  return event;
}

}  // namespace ipclab
