// The event log of one experiment and those who watch it. Each watcher is a cursor into the log:
// late ones see the present and all that follows, slow ones cost nothing and block nobody.
//
// Strand only. Owned by its experiment as a shared_ptr, because a watcher's last call may come
// late.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "ipclab/v1/experiment_service.pb.h"
#include "server/event_loop.h"
#include "server/outlet.h"

namespace ipclab {

class EventFeed : public std::enable_shared_from_this<EventFeed> {
 public:
  using EventOutlet = Outlet<v1::ExperimentEvent>;

  // snapshot returns the experiment as it is now.
  EventFeed(EventLoop& loop, std::function<v1::Experiment()> snapshot);

  // Gives the event its sequence and time, and sends it to all.
  void Append(v1::ExperimentEvent event);

  // Nothing will follow: every watcher gets a last snapshot and OK.
  void Close();

  // Ends every watch with the status, now.
  void Abort(const absl::Status& status);

  // Starts with a snapshot.
  void Watch(std::shared_ptr<EventOutlet> outlet);

 private:
  struct Watcher {
    std::shared_ptr<EventOutlet> outlet;
    int64_t cursor = -1;    // the newest event that it has; -1: not even the snapshot
    bool has_last = false;  // the snapshot that it got was the last one
  };

  void PumpAll();
  // False when the watcher is done with.
  bool Pump(Watcher& watcher);
  v1::ExperimentEvent Snapshot() const;

  EventLoop& loop_;
  const std::function<v1::Experiment()> snapshot_;
  std::deque<v1::ExperimentEvent> log_;  // the newest ones
  int64_t newest_ = 0;                   // sequence of the newest event; 0 before the first
  bool closed_ = false;
  std::vector<Watcher> watchers_;
};

}  // namespace ipclab
