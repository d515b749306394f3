#include "common/explore/flips.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <vector>

namespace ipclab {
namespace {

constexpr size_t kNeverMade = std::numeric_limits<size_t>::max();

// Where a course makes which step.
class Places {
 public:
  explicit Places(const Trail& course) {
    for (size_t i = 0; i < course.steps.size(); ++i) {
      of_[course.steps[i].choice.worker].push_back(i);
    }
  }

  size_t Of(const CourseStep& step) const {
    const std::vector<size_t>& own = of_[step.choice.worker];
    const auto index = static_cast<size_t>(step.number) - 1;
    return index < own.size() ? own[index] : kNeverMade;
  }

 private:
  std::array<std::vector<size_t>, ProgramLimits::kWorkers> of_;
};

// What the other course does with this number is the same operation, or nothing.
bool IsAlike(const CourseStep& step, const Trail& other, size_t place) {
  if (place == kNeverMade) return true;
  return step.pc == other.steps[place].pc && step.touches == other.steps[place].touches;
}

}  // namespace

Flips FlipsBetween(const DependencyTable& table, const Trail& failing, const Trail& passing) {
  const Places in_failing(failing);
  const Places in_passing(passing);
  Flips flips;
  bool earliest_is_alike = false;
  // The second of a pair, in the order of the failing course; then what only the passing one makes.
  std::vector<const CourseStep*> seconds;
  for (const CourseStep& step : failing.steps) seconds.push_back(&step);
  for (const CourseStep& step : passing.steps) {
    if (in_failing.Of(step) == kNeverMade) seconds.push_back(&step);
  }
  for (size_t i = 0; i < seconds.size(); ++i) {
    const CourseStep& second = *seconds[i];
    const size_t second_passing = in_passing.Of(second);
    if (second_passing == kNeverMade) continue;
    const bool is_made = i < failing.steps.size();
    for (size_t j = 0; j < std::min(i, failing.steps.size()); ++j) {
      const CourseStep& first = failing.steps[j];
      if (first.choice.worker == second.choice.worker) continue;
      const size_t first_passing = in_passing.Of(first);
      if (first_passing < second_passing) continue;
      flips.all += is_made;
      if (!table.AreDependent(first.touches, second.touches)) continue;
      ++flips.dependent;
      const bool is_alike =
          IsAlike(first, passing, first_passing) && IsAlike(second, passing, second_passing);
      if (flips.earliest && (earliest_is_alike || !is_alike)) continue;
      flips.earliest = {first, second, is_made};
      earliest_is_alike = is_alike;
    }
  }
  return flips;
}

}  // namespace ipclab
