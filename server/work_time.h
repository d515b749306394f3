// How long the workers of one experiment have worked, leg by leg, and the limit of that.
//
// Strand only; owned by its experiment.
#pragma once

#include <functional>
#include <optional>

#include "absl/time/time.h"
#include "server/event_loop.h"

namespace ipclab {

class WorkTime {
 public:
  // on_over is called once, when a leg goes on although the limit is used up.
  WorkTime(EventLoop& loop, std::optional<absl::Duration> limit, std::function<void()> on_over);
  ~WorkTime();
  WorkTime(const WorkTime&) = delete;
  WorkTime& operator=(const WorkTime&) = delete;

  // A leg begins. One that is not limited counts all the same.
  void BeginLeg(bool limited = true);
  // Returns how long it took.
  absl::Duration EndLeg();

  bool in_leg() const { return in_leg_; }
  // When the newest leg began; monotonic.
  absl::Time begun() const { return begun_; }
  absl::Duration used() const { return used_; }
  // InfiniteDuration without a limit.
  absl::Duration left() const;

 private:
  EventLoop& loop_;
  const std::optional<absl::Duration> limit_;
  const std::function<void()> on_over_;
  absl::Time begun_ = absl::InfinitePast();
  bool in_leg_ = false;
  absl::Duration used_;
  EventLoop::TimerId timer_ = 0;
};

}  // namespace ipclab
