// Who drives one experiment: a controller has it to itself until its lease runs out, and what
// happens then is the controller's own choice. Drives that are open keep the lease alive.
//
// Strand only; owned by its experiment.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "ipclab/v1/experiment.pb.h"
#include "server/event_loop.h"

namespace ipclab {

class ControlLease {
 public:
  struct Listener {
    // Another controller than before, or none.
    std::function<void()> on_change;
    // The controller was not heard of for too long. It holds nothing any more.
    std::function<void(v1::Control::OnLoss)> on_loss;
  };

  ControlLease(EventLoop& loop, std::string experiment, Listener listener);
  ~ControlLease();
  ControlLease(const ControlLease&) = delete;
  ControlLease& operator=(const ControlLease&) = delete;

  // Before a command; control is null when the client sent none. ABORTED, naming the holder, while
  // another one holds the lease; INVALID_ARGUMENT when control makes no sense.
  absl::Status Check(const v1::Control* control) const;

  // Once the command was accepted: a refused one takes nothing. The lease is the client's, and new.
  void Take(const v1::Control& control);

  // After Take: the lease does not run out before as many Unhold. For drives that are open and
  // calls that wait.
  void Hold() { ++holds_; }
  // An orderly end gives the lease up, any other lets it run its time from now.
  void Unhold(const v1::Control& control, bool orderly);

  // The experiment has ended: nobody is told of anything.
  void Drop();

  // As it is now; nullopt while nobody holds it.
  std::optional<v1::ControlLease> state() const;

 private:
  void Arm();
  void OnTimer();
  void Release();

  EventLoop& loop_;
  const std::string experiment_;
  const Listener listener_;
  std::string holder_;  // empty: nobody
  absl::Duration ttl_;
  v1::Control::OnLoss on_loss_ = v1::Control::PAUSE;
  absl::Time renewed_;  // monotonic
  int holds_ = 0;
  EventLoop::TimerId timer_ = 0;
  absl::Time timer_due_;
};

}  // namespace ipclab
