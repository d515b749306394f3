#include "clients/cli/explore/explore_view.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "clients/cli/explore/histogram.h"
#include "clients/cli/explore/schedule_count.h"
#include "clients/cli/moment.h"
#include "clients/cli/step/glyphs.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

constexpr size_t kShareBar = 12;
constexpr size_t kMostOutcomes = 20;
constexpr size_t kFrame = 4;  // title, progress, the line that sums up, and that of the finding

// A part of the line, and how soon it goes where there is no room: the greatest first.
struct ProgressPart {
  std::string text;
  int rank = 0;
};

std::string SchedulesPart(const v1::ExploreProgress& progress) {
  const std::string done = Grouped(progress.schedules().empty() ? "0" : progress.schedules());
  if (progress.total().empty()) return absl::StrCat(done, " schedules");
  return absl::StrCat(done, " of ", Grouped(progress.total()), " schedules");
}

std::vector<ProgressPart> PartsOf(const v1::ExploreProgress& progress, Glyphs glyphs) {
  std::vector<ProgressPart> parts;
  if (progress.has_share()) {
    parts.push_back({Bar(progress.share(), kShareBar, glyphs), 3});
    const int percent = static_cast<int>(100 * std::clamp(progress.share(), 0.0, 1.0));
    parts.push_back({absl::StrCat(percent, "%"), 1});
  }
  parts.push_back({SchedulesPart(progress), 0});
  parts.push_back({absl::StrCat(RateText(progress.schedules_per_second()), "/s"), 2});
  if (progress.has_bound()) {
    parts.push_back({absl::StrCat("with ", progress.bound(),
                                  progress.bound() == 1 ? " preemption" : " preemptions"),
                     1});
  }
  if (progress.states() > 0) {
    parts.push_back({absl::StrCat(Grouped(absl::StrCat(progress.states())), " states"), 4});
  }
  parts.push_back({RoughText(absl::Seconds(progress.seconds())), 5});
  if (progress.has_seconds_left() && std::isfinite(progress.seconds_left())) {
    const double left = std::clamp(std::ceil(progress.seconds_left()), 0.0, 1e9);
    parts.push_back({absl::StrCat(RoughText(absl::Seconds(left)), " left"), 1});
  }
  return parts;
}

std::string JoinedParts(const std::vector<ProgressPart>& parts) {
  return absl::StrJoin(parts, "  ",
                       [](std::string* out, const ProgressPart& part) { out->append(part.text); });
}

std::string Fitted(const std::string& text, size_t width) {
  return FirstColumns(Screened(text), width);
}

std::vector<v1::ExploreOutcome> OutcomesOf(const v1::ExploreProgress& progress) {
  return {progress.outcomes().begin(), progress.outcomes().end()};
}

// Which schedules a search for one failure came by says nothing of the others.
absl::uint128 WholeOf(const v1::ExploreProgress& progress) {
  if (progress.has_bound()) return 0;
  if (const auto total = CountOf(progress.total())) return *total;
  return CountOf(progress.schedules()).value_or(0);
}

}  // namespace

std::string ProgressText(const v1::ExploreProgress& progress, size_t width, Glyphs glyphs) {
  std::vector<ProgressPart> parts = PartsOf(progress, glyphs);
  while (parts.size() > 1 && ColumnsOf(JoinedParts(parts)) > width) {
    parts.erase(std::max_element(
        parts.begin(), parts.end(),
        [](const ProgressPart& a, const ProgressPart& b) { return a.rank < b.rank; }));
  }
  return Fitted(JoinedParts(parts), width);
}

std::vector<std::string> ExploreView::Lines(const Terminal& terminal, size_t rows) const {
  const size_t width = ProseWidth(terminal) - 1;  // a full last column would wrap some terminals
  std::vector<std::string> lines = {terminal.Paint(Tone::kStrong, Fitted(title_, width))};
  if (!known_.progress) {
    lines.emplace_back("  starts ...");
    return lines;
  }
  const v1::ExploreProgress& progress = *known_.progress;
  lines.push_back(absl::StrCat("  ", ProgressText(progress, width - 2, glyphs_)));
  if (known_.finding) {
    lines.push_back(terminal.Paint(
        Tone::kBad, Fitted(absl::StrCat("  FOUND ", known_.finding->check()), width)));
  }
  if (rows > kFrame) {
    const HistogramForm form = {.most = std::min(kMostOutcomes, rows - kFrame), .glyphs = glyphs_};
    for (const std::string& line :
         HistogramLines(OutcomesOf(progress), WholeOf(progress), form, terminal)) {
      lines.push_back(line);
    }
  }
  if (lines.size() > rows) lines.resize(rows);
  return lines;
}

}  // namespace ipclab::cli
