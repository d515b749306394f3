#include "tests/bench/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace ipclab::bench {
namespace {

std::string ToText(const Quantity& quantity) {
  const double value = quantity.value;
  switch (quantity.unit) {
    case Quantity::kNanos:
      if (std::abs(value) < 1e3) return absl::StrFormat("%.0f ns", value);
      if (std::abs(value) < 1e6) return absl::StrFormat("%.2f us", value / 1e3);
      return absl::StrFormat("%.2f ms", value / 1e6);
    case Quantity::kBytes:
      return absl::StrFormat("%.1f MB", value / 1e6);
    case Quantity::kCount:
      return absl::StrFormat("%.0f", value);
  }
  return "";
}

std::optional<double> RatioOf(const Row& row) {
  if (!row.figure || !row.control || row.control->value == 0) return std::nullopt;
  return row.figure->value / row.control->value;
}

bool HasTarget(const Row& row) { return row.at_most || row.ratio_at_most; }

std::string TargetOf(const Row& row) {
  if (row.at_most) return absl::StrCat("<= ", ToText(*row.at_most));
  if (row.ratio_at_most) return absl::StrFormat("<= %.2f x", *row.ratio_at_most);
  return "";
}

std::string VerdictOf(const Row& row) {
  if (!HasTarget(row)) return "";
  const std::optional<double> ratio = RatioOf(row);
  const bool small = !row.at_most || (row.figure && row.figure->value <= row.at_most->value);
  const bool close = !row.ratio_at_most || (ratio && *ratio <= *row.ratio_at_most);
  return small && close ? "ok" : "MISS";
}

// Broken at spaces, what follows the first line further in.
void PrintWrapped(const std::string& text) {
  constexpr size_t kColumns = 98;
  std::string line = " ";
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    if (line.size() + 1 + word.size() > kColumns) {
      std::printf("%s\n", line.c_str());
      line = "     ";
    }
    absl::StrAppend(&line, " ", word);
  }
  std::printf("%s\n", line.c_str());
}

}  // namespace

void Report::Print() const {
  size_t width = 10;
  for (const Row& row : rows_) width = std::max(width, row.what.size());
  for (const std::string& note : notes_) std::printf("  %s\n", note.c_str());
  const auto line = [width](const std::string& what, const std::string& figure,
                            const std::string& control, const std::string& ratio,
                            const std::string& target, const std::string& verdict) {
    std::string text = absl::StrFormat("  %-*s %12s %12s %8s  %-12s %s", static_cast<int>(width),
                                       what, figure, control, ratio, target, verdict);
    text.erase(text.find_last_not_of(' ') + 1);
    std::printf("%s\n", text.c_str());
  };
  const bool targets = std::ranges::any_of(rows_, [](const Row& row) { return HasTarget(row); });
  line("", figure_name_, control_name_, "ratio", targets ? "target" : "", "");
  for (const Row& row : rows_) {
    if (!row.figure) {
      std::printf("  %-*s  %s\n", static_cast<int>(width), row.what.c_str(), row.remark.c_str());
      continue;
    }
    const std::optional<double> ratio = RatioOf(row);
    line(row.what, ToText(*row.figure), row.control ? ToText(*row.control) : "",
         ratio ? absl::StrFormat("%.3f", *ratio) : "", HasTarget(row) ? TargetOf(row) : row.remark,
         VerdictOf(row));
  }
  for (const std::string& note : footnotes_) PrintWrapped(note);
}

int Run(const char* name, const std::function<absl::Status(Report&)>& measure,
        std::string figure_name, std::string control_name) {
  Report report(std::move(figure_name), std::move(control_name));
  std::printf("%s\n", name);
  std::fflush(stdout);
  if (const absl::Status status = measure(report); !status.ok()) {
    std::fprintf(stderr, "%s: could not measure: %s\n", name, status.ToString().c_str());
    return 1;
  }
  report.Print();
  return 0;
}

}  // namespace ipclab::bench
