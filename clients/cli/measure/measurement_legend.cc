#include "clients/cli/measure/measurement_legend.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/measure/interval_text.h"
#include "clients/cli/measure/measurement_table.h"
#include "clients/cli/parse.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

std::string ControlLegend(const std::vector<Measurement>& measurements) {
  const bool any =
      std::any_of(measurements.begin(), measurements.end(),
                  [](const Measurement& each) { return HasFigures(each) && each.control_nanos; });
  if (!any) return "";
  const bool times = !ArePairs(measurements) &&
                     std::any_of(measurements.begin(), measurements.end(),
                                 [](const Measurement& each) { return TimesControl(each); });
  return absl::StrCat(
      "control: the median round trip of one cache line between the same CPUs, just before and "
      "after each trial.",
      times ? " x control: p50 in such round trips." : "");
}

std::string CallsLegend(const std::vector<Measurement>& measurements) {
  const bool any = std::any_of(measurements.begin(), measurements.end(), [](const auto& each) {
    return each.system_calls_per_message.has_value();
  });
  if (!any || ArePairs(measurements)) return "";
  return "calls: system calls of all workers, counted in a short leg after each trial.";
}

// "the lab's own floor: `null` takes 20 ns (64 B), 30 ns (4 KiB)"
std::string FloorLegend(const std::vector<Measurement>& measurements) {
  const bool waits = WaitsVary(measurements);
  const bool patterns = PatternsVary(measurements);
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::string>> sizes;  // of the same figure
  for (const Measurement& each : measurements) {
    if (!each.floor_nanos) continue;
    std::string what = SizeText(each.spec.message_bytes());
    if (patterns) {
      absl::StrAppend(&what, " ", LowerName(v1::Pattern::Kind_Name(each.spec.pattern())));
    }
    if (waits) absl::StrAppend(&what, " ", LowerName(v1::MeasureSpec::Wait_Name(each.spec.wait())));
    const std::string nanos = NanosText(*each.floor_nanos);
    std::vector<std::string>& same = sizes[nanos];
    if (same.empty()) order.push_back(nanos);
    if (std::find(same.begin(), same.end(), what) == same.end()) same.push_back(what);
  }
  if (order.empty()) return "";
  std::vector<std::string> parts;
  for (const std::string& nanos : order) {
    parts.push_back(absl::StrCat(nanos, " (", absl::StrJoin(sizes[nanos], ", "), ")"));
  }
  return absl::StrCat("the lab's own floor: `null`, which moves nothing, had a p50 of ",
                      absl::StrJoin(parts, ", "), " in the same run.");
}

// "p50 of pipe 64 B, pipe 4 KiB"; of many kinds that they are the first ones.
std::string ReferencesText(const std::vector<Measurement>& measurements) {
  constexpr size_t kMostNamed = 4;
  std::vector<std::string> figures;
  std::vector<std::string> references;
  const auto add = [](const std::string& name, std::vector<std::string>& names) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const Measurement& each : measurements) {
    if (!each.comparison) continue;
    add(FigureText(each.comparison->by, each.spec.pattern()), figures);
    add(each.comparison->to, references);
  }
  return absl::StrCat(absl::StrJoin(figures, " or "), " of ",
                      references.size() > kMostNamed ? "the first row of the same kind"
                                                     : absl::StrJoin(references, ", "));
}

// How the verdicts came about.
std::string ComparisonLegend(const std::vector<Measurement>& measurements) {
  const auto count =
      std::count_if(measurements.begin(), measurements.end(),
                    [](const Measurement& each) { return each.comparison.has_value(); });
  if (count == 0) return "";
  const auto first =
      std::find_if(measurements.begin(), measurements.end(),
                   [](const Measurement& each) { return each.comparison.has_value(); });
  const std::string holm =
      count > 1 ? absl::StrCat(", adjusted by Holm for ", count, " comparisons") : "";
  return absl::StrCat(
      "ratio: to the ", ReferencesText(measurements),
      ", medians of trials, with its 95% interval. verdict: by the ranks of the trials "
      "(Mann-Whitney, two-sided 5%",
      holm, "); what differs by less than ",
      absl::StrFormat("%.3g", first->comparison->threshold * 100), "%",
      first->comparison->threshold > stats::kPracticalThreshold ? " (the noise floor seen)" : "",
      " is no difference.");
}

// A line for each: how far it is from itself.
std::string NoiseLegend(const std::vector<Measurement>& measurements, const Terminal& terminal) {
  std::string text;
  for (const Measurement& each : measurements) {
    if (!each.noise_floor) continue;
    const ComparedTo& noise = *each.noise_floor;
    if (text.empty()) {
      text = Paragraph("", "",
                       "noise floor: each against itself, measured twice in this run. Ratio and "
                       "difference of the medians of trials, with 95% intervals:",
                       ProseWidth(terminal));
    }
    const std::string figure = FigureText(noise.by, each.spec.pattern());
    const std::string found =
        noise.lacking.empty()
            ? absl::StrCat(figure, " ", RatioText(noise.found), ", ",
                           DifferenceText(noise.found, noise.by), ": ", OutcomeText(noise))
            : OutcomeText(noise);
    text += Paragraph("- ", "  ", absl::StrCat(RowName(measurements, each), ": ", found),
                      ProseWidth(terminal));
  }
  return text;
}

}  // namespace

std::string MeasurementLegend(const std::vector<Measurement>& measurements,
                              const Terminal& terminal) {
  std::string text;
  for (const std::string& legend : {ComparisonLegend(measurements), ControlLegend(measurements),
                                    CallsLegend(measurements), FloorLegend(measurements)}) {
    if (!legend.empty()) text += Paragraph("", "", legend, ProseWidth(terminal));
  }
  return text + NoiseLegend(measurements, terminal);
}

}  // namespace ipclab::cli
