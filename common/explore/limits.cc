#include "common/explore/limits.h"

#include "absl/strings/str_cat.h"

namespace ipclab {

std::string LimitOfBytes(int64_t bytes) {
  constexpr int64_t kMebibyte = int64_t{1} << 20;
  if (bytes % kMebibyte != 0) return absl::StrCat("the limit of ", bytes, " bytes");
  return absl::StrCat("the limit of ", bytes / kMebibyte, " MiB");
}

std::string LimitOfSchedules(int64_t schedules) {
  return absl::StrCat("the limit of ", schedules, " schedules");
}

std::string LimitOfSteps(int64_t steps) {
  return absl::StrCat("the limit of ", steps, " steps of a schedule");
}

}  // namespace ipclab
