// Times and durations between protobuf and Abseil.
#pragma once

#include <ctime>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace ipclab {

// True when seconds and nanos are in range and of one sign, as protobuf wants them.
inline bool IsValid(const google::protobuf::Duration& duration) {
  constexpr int64_t kMaxSeconds = 315'576'000'000;
  const int64_t seconds = duration.seconds();
  const int32_t nanos = duration.nanos();
  return seconds >= -kMaxSeconds && seconds <= kMaxSeconds && nanos > -1'000'000'000 &&
         nanos < 1'000'000'000 && !(seconds > 0 && nanos < 0) && !(seconds < 0 && nanos > 0);
}

inline absl::Duration FromProto(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

inline google::protobuf::Timestamp ToProto(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const int64_t nanos = absl::ToUnixNanos(time);
  timestamp.set_seconds(nanos / 1'000'000'000);
  timestamp.set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
  return timestamp;
}

inline google::protobuf::Duration ToProto(absl::Duration value) {
  google::protobuf::Duration duration;
  duration.set_seconds(absl::IDivDuration(value, absl::Seconds(1), &value));
  duration.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(value)));
  return duration;
}

// Setting the wall clock must not end experiments: timers and limits follow this one.
inline absl::Time MonotonicNow() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return absl::TimeFromTimespec(now);
}

inline google::protobuf::Timestamp ProtoNow() { return ToProto(absl::Now()); }

}  // namespace ipclab
