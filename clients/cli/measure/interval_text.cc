#include "clients/cli/measure/interval_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

std::string ValueText(double value, CompareBy by) {
  return by == CompareBy::kRate ? RateText(value) : NanosText(value);
}

// " us"; empty where there is no unit.
std::string UnitIn(const std::string& text) {
  const size_t space = text.rfind(' ');
  return space == std::string::npos ? "" : text.substr(space);
}

}  // namespace

std::string RangeText(const std::string& low, const std::string& high) {
  const std::string unit = UnitIn(high);
  if (UnitIn(low) != unit) return absl::StrCat(low, "..", high);
  return absl::StrCat(low.substr(0, low.size() - unit.size()), "..", high);
}

std::string RangeText(const stats::Interval& interval, CompareBy by) {
  return RangeText(ValueText(interval.low, by), ValueText(interval.high, by));
}

std::string RatioText(const stats::Comparison& found) {
  if (found.ratio <= 0) return "-";
  const std::string ratio = absl::StrFormat("%.2f", found.ratio);
  if (!found.ratio_interval) return ratio;
  return absl::StrFormat("%s (%.2f..%.2f)", ratio, found.ratio_interval->low,
                         found.ratio_interval->high);
}

std::string DifferenceText(const stats::Comparison& found, CompareBy by) {
  const std::string difference =
      absl::StrCat(found.difference > 0 ? "+" : "", ValueText(found.difference, by));
  if (!found.difference_interval) return difference;
  return absl::StrCat(difference, " (", RangeText(*found.difference_interval, by), ")");
}

std::string OutcomeText(const ComparedTo& compared) {
  return compared.lacking.empty() ? stats::VerdictText(compared.found.verdict) : compared.lacking;
}

// What is counted in a pattern.
std::string PatternUnit(v1::Pattern::Kind pattern) {
  switch (pattern) {
    case v1::Pattern::CONTENTION:
      return "acquire";
    case v1::Pattern::HAND_OFF:
      return "round";
    case v1::Pattern::NOTIFY:
      return "wake-up";
    default:
      return "message";
  }
}

std::string FigureText(CompareBy by, v1::Pattern::Kind pattern) {
  switch (by) {
    case CompareBy::kRate:
      return absl::StrCat(PatternUnit(pattern), "s/s");
    case CompareBy::kCpu:
      return absl::StrCat("CPU/", PatternUnit(pattern));
    case CompareBy::kP99:
      return "p99";
    default:
      return "p50";
  }
}

}  // namespace ipclab::cli
