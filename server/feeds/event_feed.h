// The event log of one experiment and those who watch it. Each watcher is a cursor into the log:
// late ones see the present and all that follows, slow ones cost nothing and block nobody.
//
// Each event carries a token to go on behind it. A watcher that falls too far behind is ended while
// what it has missed is still kept, so that it may come back for it.
//
// Strand only. Owned by its experiment as a shared_ptr, because a watcher's last call may come
// late.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ipclab/v1/experiment_service.pb.h"
#include "server/event_loop.h"
#include "server/feeds/outlet.h"

namespace ipclab {

class EventFeed : public std::enable_shared_from_this<EventFeed> {
 public:
  using EventOutlet = Outlet<v1::ExperimentEvent>;

  // snapshot returns the experiment as it is now; uid is its.
  EventFeed(EventLoop& loop, std::string uid, std::function<v1::Experiment()> snapshot);

  // Gives the event its sequence and time, and sends it to all.
  void Append(v1::ExperimentEvent event);
  // The same of one that is made when somebody wants it: a step has three, and few are ever read.
  // make must hold all that it needs.
  using Maker = absl::AnyInvocable<v1::ExperimentEvent() const>;
  void AppendMade(Maker make);

  // Nothing will follow: every watcher gets a last snapshot and OK.
  void Close();

  // Ends every watch with the status, to which each watcher's token is added, now.
  void Abort(const absl::Status& status);

  // Starts with a snapshot, or behind the event of the token unless that is empty. Ends the watch
  // at once when the token is none (INVALID_ARGUMENT) or too old (OUT_OF_RANGE).
  void Watch(std::shared_ptr<EventOutlet> outlet, const std::string& resume_token = "");

 private:
  struct Entry {
    absl::Time time;
    Maker make;
  };
  struct Watcher {
    std::shared_ptr<EventOutlet> outlet;
    int64_t cursor = -1;  // the newest event that it has; -1: not even the snapshot
    int64_t most_behind = 0;
    bool has_last = false;  // the snapshot that it got was the last one
  };

  void PumpAll();
  void TrimLog();
  // False when the watcher is done with.
  bool Pump(Watcher& watcher);
  // Adds the watcher's token to an error that ends it.
  absl::Status WithToken(absl::Status status, const Watcher& watcher) const;
  absl::StatusOr<int64_t> CursorOf(const std::string& resume_token) const;
  int64_t Oldest() const { return newest_ - static_cast<int64_t>(log_.size()) + 1; }
  // What nobody has seen before gets what every event has.
  v1::ExperimentEvent Stamped(v1::ExperimentEvent event, int64_t sequence, absl::Time time) const;
  v1::ExperimentEvent Event(int64_t sequence) const;
  v1::ExperimentEvent Snapshot() const;

  EventLoop& loop_;
  const std::string uid_;
  const std::function<v1::Experiment()> snapshot_;
  std::deque<Entry> log_;  // the newest ones
  int64_t newest_ = 0;     // sequence of the newest event; 0 before the first
  bool closed_ = false;
  std::vector<Watcher> watchers_;
};

}  // namespace ipclab
