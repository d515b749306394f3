// How a run gets warm: in windows, whose figures are thrown away, until they are steady or it has
// taken long enough. Pure.
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "common/stats/steadiness.h"
#include "ipclab/internal/control.pb.h"
#include "ipclab/v1/experiment.pb.h"
#include "ipclab/v1/measure.pb.h"
#include "server/figures.h"

namespace ipclab {

// The messages of a window, or of the whole warm-up where it is not watched: 1000, or fewer where
// those would take long. measure has all of its defaults but this.
int64_t WarmUpWindow(const v1::MeasureSpec& measure);

// True where the figures decide how long it takes. Not where its length was told, in an open loop,
// and where so little is measured that there is no time to get steady.
bool IsWarmUpWatched(const v1::MeasureSpec& measure);

class WarmUp {
 public:
  // measure must outlive this, and its warm-up be watched. It takes no longer than most, whatever
  // its own limit.
  explicit WarmUp(const v1::MeasureSpec& measure, absl::Duration most = absl::InfiniteDuration());

  // Steady, or it may not take longer.
  bool over() const;
  // While it is not over.
  internal::Leg NextWindow() const;
  // A window is over; it took so long, all told.
  void Add(const Figures& window, absl::Duration elapsed);

  // What a message took in the newest window; 0 before there was one.
  int64_t newest_nanos() const { return watch_.windows().empty() ? 0 : watch_.windows().back(); }

  v1::WarmUp ToProto() const;

 private:
  const v1::MeasureSpec& measure_;
  const int64_t window_;
  const absl::Duration longest_;
  stats::WarmUpWatch watch_;
  int64_t messages_ = 0;
  absl::Duration elapsed_;
};

}  // namespace ipclab
