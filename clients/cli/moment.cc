#include "clients/cli/moment.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace ipclab::cli {
namespace {

struct TimeUnit {
  int64_t seconds;
  const char* name;
};

constexpr TimeUnit kUnits[] = {{86'400, "d"}, {3'600, "h"}, {60, "m"}, {1, "s"}};

}  // namespace

absl::Time TimeOf(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

absl::Duration DurationOf(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

std::string MomentText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

std::string ClockText(absl::Time time) {
  return absl::FormatTime("%H:%M:%E3S", time, absl::UTCTimeZone());
}

std::string RoughText(absl::Duration duration) {
  if (duration < absl::Seconds(1)) {
    const int64_t millis = absl::ToInt64Milliseconds(duration);
    return millis > 0 ? absl::StrCat(millis, "ms") : "0s";
  }
  int64_t left = absl::ToInt64Seconds(duration);
  std::string text;
  for (const TimeUnit& unit : kUnits) {
    const int64_t count = left / unit.seconds;
    left %= unit.seconds;
    const bool second = !text.empty();
    if (count > 0) absl::StrAppend(&text, second ? " " : "", count, unit.name);
    if (second) break;
  }
  return text;
}

std::string AgoText(absl::Time time, absl::Time now) {
  const absl::Duration age = now - time;
  if (age < absl::Seconds(1)) return "now";
  const std::string rough = RoughText(age);
  return absl::StrCat(rough.substr(0, rough.find(' ')), " ago");
}

}  // namespace ipclab::cli
