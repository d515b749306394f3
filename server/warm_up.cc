#include "server/warm_up.h"

#include <algorithm>

#include "server/durations.h"

namespace ipclab {
namespace {

constexpr int64_t kWindow = 1000;
constexpr int64_t kMostWarmUpBytes = 64 << 20;
constexpr double kMostWarmUpSeconds = 0.1;  // of what takes its time anyway
constexpr absl::Duration kLongestWarmUp = absl::Seconds(1);
// One more than the moves that must be small.
constexpr int64_t kFewestWindows = 6;
// A window of what is fast is over at once; what is not steady after so many never is.
constexpr size_t kMostWindows = 100;

// Of CONTENTION, where all wait for one another.
int64_t WindowOfEach(const v1::MeasureSpec& measure) {
  constexpr int64_t kMost = kWindow / 10;
  const double held =
      absl::ToDoubleSeconds(FromProto(measure.critical_section())) * measure.workers();
  if (!(held * kMost > kMostWarmUpSeconds)) return kMost;
  return std::clamp<int64_t>(static_cast<int64_t>(kMostWarmUpSeconds / held), 1, kMost);
}

absl::Duration LongestOf(const v1::MeasureSpec& measure) {
  if (!measure.has_duration()) return kLongestWarmUp;
  return std::min(kLongestWarmUp, FromProto(measure.duration()) / 2);
}

int64_t MostMessagesOf(const v1::MeasureSpec& measure) {
  return measure.has_messages() ? measure.messages() / 2 : INT64_MAX;
}

}  // namespace

int64_t WarmUpWindow(const v1::MeasureSpec& measure) {
  if (measure.pattern() == v1::Pattern::CONTENTION) return WindowOfEach(measure);
  int64_t fit = kMostWarmUpBytes / std::max<int64_t>(measure.message_bytes(), 1);
  const double due = measure.load().per_second() * kMostWarmUpSeconds;
  if (measure.has_load() && due < kWindow) fit = std::min(fit, static_cast<int64_t>(due));
  return std::clamp<int64_t>(fit, 1, kWindow);
}

bool IsWarmUpWatched(const v1::MeasureSpec& measure) {
  if (measure.has_warm_up_messages() || measure.has_load()) return false;
  return MostMessagesOf(measure) / WarmUpWindow(measure) >= kFewestWindows;
}

WarmUp::WarmUp(const v1::MeasureSpec& measure, absl::Duration most)
    : measure_(measure),
      window_(WarmUpWindow(measure)),
      longest_(std::min(most, LongestOf(measure))) {}

bool WarmUp::over() const {
  return watch_.steady() || elapsed_ >= longest_ || messages_ >= MostMessagesOf(measure_) ||
         watch_.windows().size() >= kMostWindows;
}

internal::Leg WarmUp::NextWindow() const {
  internal::Leg leg;
  leg.set_messages(window_);
  const int64_t left = absl::ToInt64Nanoseconds(longest_ - elapsed_);
  leg.set_duration_nanos(std::max<int64_t>(1, left));  // 0 would be no limit
  return leg;
}

void WarmUp::Add(const Figures& window, absl::Duration elapsed) {
  const int64_t messages = window.messages();
  messages_ += std::max<int64_t>(messages, 1);  // what loses everything comes to an end too
  elapsed_ += elapsed;
  if (const int64_t nanos = TypicalNanos(window, measure_); nanos > 0) watch_.Add(nanos);
}

v1::WarmUp WarmUp::ToProto() const {
  v1::WarmUp proto;
  proto.set_messages(messages_);
  *proto.mutable_elapsed() = ::ipclab::ToProto(elapsed_);
  proto.mutable_window_nanos()->Assign(watch_.windows().begin(), watch_.windows().end());
  proto.set_steady(watch_.steady());
  return proto;
}

}  // namespace ipclab
