// Points in time as people read them.
#pragma once

#include <string>

#include "absl/time/time.h"

namespace google::protobuf {
class Duration;
class Timestamp;
}  // namespace google::protobuf

namespace ipclab::cli {

absl::Time TimeOf(const google::protobuf::Timestamp& timestamp);
absl::Duration DurationOf(const google::protobuf::Duration& duration);

// "2026-01-31T09:12:15Z", as filters take it.
std::string MomentText(absl::Time time);

// "09:12:15.042", where the day does not matter; in UTC like MomentText.
std::string ClockText(absl::Time time);

// Two units at most: "250ms", "12s", "3m 5s", "2h 10m", "4d 1h". "0s" for less than a millisecond.
std::string RoughText(absl::Duration duration);

// "3m ago", or "now" for what is less than a second away.
std::string AgoText(absl::Time time, absl::Time now);

}  // namespace ipclab::cli
