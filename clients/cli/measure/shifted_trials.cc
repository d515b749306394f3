#include "clients/cli/measure/shifted_trials.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

bool Differ(int64_t a, int64_t b) {
  const auto [less, more] = std::minmax(a, b);
  return less > 0 && static_cast<double>(more - less) > kControlShift * static_cast<double>(less);
}

bool SaysShifted(const v1::Result& result) {
  return std::find(result.warnings().begin(), result.warnings().end(),
                   v1::Result::PLATFORM_SHIFTED) != result.warnings().end();
}

// Why the trial is of no one state; empty when it is.
std::string ShiftWithin(const v1::Result& result) {
  const int64_t before = result.control_before_nanos();
  const int64_t after = result.control_after_nanos();
  const bool differ = before > 0 && after > 0 && Differ(before, after);
  if (!differ && !SaysShifted(result)) return "";
  return absl::StrCat("the control moved from ", NanosText(before), " to ", NanosText(after),
                      " while it ran");
}

// 0: none was taken.
int64_t ControlOf(const v1::Result& result) {
  const int64_t before = result.control_before_nanos();
  const int64_t after = result.control_after_nanos();
  return before > 0 && after > 0 ? (before + after) / 2 : std::max(before, after);
}

// The median, and of an even number the lesser of the middle two: one that was really there.
int64_t LowerMedian(std::vector<int64_t> values) {
  const size_t middle = (values.size() - 1) / 2;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle),
                   values.end());
  return values[middle];
}

}  // namespace

bool LeaveOutShifted(std::vector<Trial>& trials) {
  std::map<std::vector<int>, std::vector<int64_t>> controls;
  for (Trial& trial : trials) {
    const v1::Result& result = trial.experiment.result();
    trial.left_out = ShiftWithin(result);
    const int64_t control = ControlOf(result);
    if (trial.left_out.empty() && control > 0) controls[CpusOf(trial)].push_back(control);
  }
  if (!trials.empty() && CountUsed(trials) == 0) {
    for (Trial& trial : trials) trial.left_out.clear();
    return true;
  }
  for (Trial& trial : trials) {
    const int64_t control = ControlOf(trial.experiment.result());
    if (!trial.left_out.empty() || control == 0) continue;
    const int64_t usual = LowerMedian(controls[CpusOf(trial)]);
    if (!Differ(control, usual)) continue;
    trial.left_out = absl::StrCat("its control of ", NanosText(control), " is not that of the ",
                                  "other trials on these CPUs, ", NanosText(usual));
  }
  return false;
}

int CountUsed(const std::vector<Trial>& trials) {
  return static_cast<int>(std::count_if(trials.begin(), trials.end(),
                                        [](const Trial& trial) { return trial.left_out.empty(); }));
}

}  // namespace ipclab::cli
