#include "server/feeds/event_feed.h"

#include <utility>

#include "server/durations.h"
#include "server/errors.h"
#include "server/feeds/resume_token.h"

namespace ipclab {
namespace {

// What is kept of an experiment that lives, and of one that has ended.
constexpr size_t kLogLength = 1024;
constexpr size_t kEndedLogLength = 64;
// A watcher that is further behind than this is ended; the rest is what it may come back for.
constexpr int64_t kMostBehind = 512;

}  // namespace

EventFeed::EventFeed(EventLoop& loop, std::string uid, std::function<v1::Experiment()> snapshot)
    : loop_(loop), uid_(std::move(uid)), snapshot_(std::move(snapshot)) {}

void EventFeed::Append(v1::ExperimentEvent event) {
  AppendMade([event = std::move(event)] { return event; });
}

void EventFeed::AppendMade(Maker make) {
  ++newest_;
  log_.push_back({absl::Now(), std::move(make)});
  if (log_.size() > kLogLength) log_.pop_front();
  PumpAll();
}

void EventFeed::Close() {
  closed_ = true;
  PumpAll();
}

void EventFeed::Abort(const absl::Status& status) {
  for (Watcher& watcher : watchers_) watcher.outlet->Finish(WithToken(status, watcher));
  watchers_.clear();
}

void EventFeed::Watch(std::shared_ptr<EventOutlet> outlet, const std::string& resume_token) {
  const absl::StatusOr<int64_t> cursor = CursorOf(resume_token);
  if (!cursor.ok()) return outlet->Finish(cursor.status());
  outlet->OnChange([&loop = loop_, weak = weak_from_this()] {
    loop.Post([weak] {
      if (const auto feed = weak.lock()) feed->PumpAll();
    });
  });
  // Who comes back from far may need all that is kept to catch up.
  const bool far = *cursor >= 0 && newest_ - *cursor > kMostBehind / 2;
  watchers_.push_back(Watcher{std::move(outlet), *cursor, far ? int64_t{kLogLength} : kMostBehind});
  PumpAll();
}

absl::StatusOr<int64_t> EventFeed::CursorOf(const std::string& resume_token) const {
  if (resume_token.empty()) return -1;
  const absl::StatusOr<int64_t> cursor = ReadResumeToken(resume_token, uid_);
  if (!cursor.ok()) return cursor.status();
  if (*cursor + 1 >= Oldest() && *cursor <= newest_) return *cursor;
  return ErrorWithReason(absl::StatusCode::kOutOfRange, "HISTORY_GONE",
                         "what came after this resume token is not kept any more; watch without it "
                         "to begin with a snapshot");
}

void EventFeed::PumpAll() {
  std::erase_if(watchers_, [this](Watcher& watcher) { return !Pump(watcher); });
  if (closed_ && watchers_.empty()) TrimLog();
}

// Ended experiments are many, and whoever watches one has its last snapshot.
void EventFeed::TrimLog() {
  while (log_.size() > kEndedLogLength) log_.pop_front();
}

absl::Status EventFeed::WithToken(absl::Status status, const Watcher& watcher) const {
  if (watcher.cursor < 0) return status;
  return WithMetadata(std::move(status), {{"resume_token", MakeResumeToken(uid_, watcher.cursor)}});
}

bool EventFeed::Pump(Watcher& watcher) {
  if (watcher.outlet->Closed()) return false;
  if (watcher.cursor >= 0 && newest_ - watcher.cursor > watcher.most_behind) {
    watcher.outlet->Finish(WithToken(
        ErrorWithReason(absl::StatusCode::kResourceExhausted, "WATCHER_TOO_SLOW",
                        "this watcher fell too far behind; watch again with the resume token of "
                        "this error, or without one to begin with a snapshot"),
        watcher));
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
    watcher.outlet->Write(Event(watcher.cursor));
    return true;
  }
  if (!closed_) return true;
  watcher.outlet->Finish(absl::OkStatus());
  return false;
}

v1::ExperimentEvent EventFeed::Stamped(v1::ExperimentEvent event, int64_t sequence,
                                       absl::Time time) const {
  event.set_sequence(sequence);
  *event.mutable_time() = ToProto(time);
  event.set_resume_token(MakeResumeToken(uid_, sequence));
  return event;
}

v1::ExperimentEvent EventFeed::Event(int64_t sequence) const {
  const Entry& entry = log_[static_cast<size_t>(sequence - Oldest())];
  return Stamped(entry.make(), sequence, entry.time);
}

v1::ExperimentEvent EventFeed::Snapshot() const {
  v1::ExperimentEvent event;
  *event.mutable_snapshot() = snapshot_();
  return Stamped(std::move(event), newest_, absl::Now());
}

}  // namespace ipclab
