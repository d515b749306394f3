#include "server/work_time.h"

#include <utility>

#include "server/durations.h"

namespace ipclab {

WorkTime::WorkTime(EventLoop& loop, std::optional<absl::Duration> limit,
                   std::function<void()> on_over)
    : loop_(loop), limit_(limit), on_over_(std::move(on_over)) {}

WorkTime::~WorkTime() { loop_.CancelTimer(timer_); }

void WorkTime::BeginLeg(bool limited) {
  in_leg_ = true;
  begun_ = MonotonicNow();
  if (!limit_ || !limited) return;
  timer_ = loop_.After(left(), [this] {
    timer_ = 0;
    on_over_();
  });
}

absl::Duration WorkTime::EndLeg() {
  loop_.CancelTimer(std::exchange(timer_, 0));
  in_leg_ = false;
  const absl::Duration taken = MonotonicNow() - begun_;
  used_ += taken;
  return taken;
}

absl::Duration WorkTime::left() const {
  return limit_ ? *limit_ - used_ : absl::InfiniteDuration();
}

}  // namespace ipclab
