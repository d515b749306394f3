#include "clients/cli/step/found_path.h"

#include <algorithm>

namespace ipclab::cli {
namespace {

// Whom a signal woke may stand in only one of them: where it could be only this one.
bool IsSameStep(const Choose& a, const Choose& b) {
  return a.worker == b.worker && (a.wakes == b.wakes || a.wakes < 0 || b.wakes < 0);
}

}  // namespace

PathStand StandOn(const std::string& path, const std::string& course) {
  const absl::StatusOr<Schedule> whole = ParseSchedule(path);
  const absl::StatusOr<Schedule> made = ParseSchedule(course);
  if (!whole.ok() || !made.ok() || made->steps.size() > whole->steps.size()) return {};
  if (!std::equal(made->steps.begin(), made->steps.end(), whole->steps.begin(), IsSameStep)) {
    return {};
  }
  if (made->steps.size() == whole->steps.size()) return {.kind = PathStand::kEnd};
  return {.kind = PathStand::kOn, .next = whole->steps[made->steps.size()]};
}

}  // namespace ipclab::cli
