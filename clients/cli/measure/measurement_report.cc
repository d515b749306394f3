#include "clients/cli/measure/measurement_report.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/experiment_name.h"
#include "clients/cli/experiment_text.h"
#include "clients/cli/measure/measurement_columns.h"
#include "clients/cli/measure/measurement_legend.h"
#include "clients/cli/measure/measurement_notes.h"
#include "clients/cli/measure/measurement_table.h"
#include "clients/cli/parse.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

// "different_cores (CPUs 0 and 1)"
std::string SharedPlacementText(const Measurement& each) {
  if (each.cpus.size() == 1) return absl::StrCat("one worker (CPU ", each.cpus.front(), ")");
  const std::string policy = LowerName(v1::Placement::Policy_Name(each.placement.policy()));
  const std::set<int> distinct(each.cpus.begin(), each.cpus.end());
  if (distinct.size() == 1) return absl::StrCat(policy, " (CPU ", *distinct.begin(), ")");
  const bool pair = each.cpus.size() == 2;  // in their order
  return absl::StrCat(policy, " (CPUs ",
                      pair                   ? absl::StrJoin(each.cpus, " and ")
                      : distinct.size() == 2 ? absl::StrJoin(distinct, " and ")
                                             : absl::StrJoin(distinct, ","),
                      ")");
}

// The common placement, or, where mechanisms differ, each one's. Of many, the placement that most
// of them have is said without their names.
std::string PlacementsText(const std::vector<Measurement>& measurements) {
  std::map<std::string, std::set<std::string>> users;
  for (const Measurement& each : measurements) {
    if (HasFigures(each)) users[SharedPlacementText(each)].insert(each.spec.mechanism());
  }
  if (users.empty()) return "";
  constexpr size_t kMany = 4;
  const auto most = std::max_element(users.begin(), users.end(), [](const auto& a, const auto& b) {
    return a.second.size() < b.second.size();
  });
  const bool nameless = users.size() == 1 || most->second.size() >= kMany;
  std::vector<std::string> texts;
  if (nameless) texts.push_back(most->first);
  for (const auto& [placement, mechanisms] : users) {
    if (nameless && placement == most->first) continue;
    texts.push_back(absl::StrCat(absl::StrJoin(mechanisms, ", "), ": ", placement));
  }
  return absl::StrCat(", placement ", absl::StrJoin(texts, "; "));
}

// The names in the order in which they come, each once: "a, b and c".
template <typename Name>
std::string Names(const std::vector<Measurement>& measurements, Name name) {
  std::vector<std::string> names;
  for (const Measurement& each : measurements) {
    const std::string word = LowerName(name(each.spec));
    if (std::find(names.begin(), names.end(), word) == names.end()) names.push_back(word);
  }
  const std::string last = names.back();
  names.pop_back();
  return names.empty() ? last : absl::StrCat(absl::StrJoin(names, ", "), " and ", last);
}

std::string PatternName(const v1::MeasureSpec& spec) {
  return v1::Pattern::Kind_Name(spec.pattern());
}

std::string WaitName(const v1::MeasureSpec& spec) {
  const bool said = spec.wait() != v1::MeasureSpec::WAIT_UNSPECIFIED;
  return v1::MeasureSpec::Wait_Name(said ? spec.wait() : v1::MeasureSpec::BLOCK);
}

// "open loop, 10.0 k/s of each sender"; of a sweep its ends.
std::string LoadsText(const std::vector<Measurement>& measurements) {
  const v1::Load& first = measurements.front().spec.load();
  if (!LoadsVary(measurements)) return LoadText(first);
  return absl::StrCat("open loop, ", RateText(first.per_second()), " to ",
                      RateText(measurements.back().spec.load().per_second()),
                      measurements.front().spec.senders() > 1 ? "/s of each sender" : "/s");
}

// "fan_in, 4 to 1, open loop, 10.0 k/s of each sender"; of several patterns their names.
std::string TrafficText(const std::vector<Measurement>& measurements) {
  std::string text = Names(measurements, PatternName);
  const v1::MeasureSpec& spec = measurements.front().spec;
  const std::string crowd = PatternsVary(measurements) ? "" : CrowdText(spec);
  for (const std::string& more : {crowd, LoadsText(measurements)}) {
    if (!more.empty()) absl::StrAppend(&text, ", ", more);
  }
  return text;
}

// Trials of several rows, or several of one, have an order.
std::string OrderText(const std::vector<Measurement>& measurements, int trials) {
  const uint64_t seed = measurements.front().seed;
  const bool has_order = measurements.size() > 1 || measurements.front().floor_nanos;
  if (seed == 0 || !has_order || (trials == 1 && measurements.size() == 1)) return "";
  return absl::StrCat(" each, in random order (--seed ", seed, ")");
}

bool HasIntervals(const std::vector<Measurement>& measurements) {
  return !ArePairs(measurements) &&
         std::any_of(measurements.begin(), measurements.end(), [](const Measurement& each) {
           return each.intervals.messages_per_second || each.intervals.p50;
         });
}

// In place of the table when all failed: no header promises figures.
std::string FailureList(const std::vector<Measurement>& measurements, int trials,
                        const Terminal& terminal) {
  std::string text;
  for (const Measurement& each : measurements) {
    if (!each.failure) continue;
    const std::string what = absl::StrCat(RowName(measurements, each), " ");
    std::string paragraph = Paragraph("", "  ", what + FailureLine(each, trials), terminal.width);
    paragraph.pop_back();
    absl::StrAppend(&text, terminal.Paint(Tone::kBad, paragraph), "\n");
  }
  return text;
}

}  // namespace

std::string ReportHeader(const std::vector<Measurement>& measurements, int trials,
                         const std::string& amount, const Terminal& terminal) {
  const std::string how =
      absl::StrCat(TrafficText(measurements), PlacementsText(measurements), ", wait ",
                   Names(measurements, WaitName), ", ", trials, trials == 1 ? " trial" : " trials",
                   " of ", amount, OrderText(measurements, trials), ". ");
  const std::string what =
      ArePairs(measurements)
          ? "trip: the whole round trip, from before the send until the echo is there. stream: one "
            "way, as many as go. CPU: processor time of both ends per message. "
      : PatternsVary(measurements) ? ""
                                   : LatencyTitle(measurements.front().spec) + " ";
  const bool none_lost =
      std::all_of(measurements.begin(), measurements.end(), [](const Measurement& each) {
        return each.lost == 0 && CarriesMessages(each.spec.pattern());
      });
  const std::string text =
      absl::StrCat(how, what, none_lost ? "Nothing was lost. " : "",
                   "Percentiles are over all trials together, rates those of the median trial",
                   HasIntervals(measurements) ? "; 95%: the interval of the median trial's." : ".");
  return absl::StrCat(Paragraph("", "", text, ProseWidth(terminal)), "\n");
}

std::string MeasurementReport(const std::vector<Measurement>& measurements, int trials,
                              const std::string& amount, const Terminal& terminal) {
  if (measurements.empty()) return "";
  if (std::none_of(measurements.begin(), measurements.end(), HasFigures)) {
    return FailureList(measurements, trials, terminal);
  }
  const std::string below = absl::StrCat(MeasurementLegend(measurements, terminal),
                                         MeasurementNotes(measurements, trials, terminal));
  return absl::StrCat(ReportHeader(measurements, trials, amount, terminal),
                      MeasurementTable(measurements, trials, terminal), below.empty() ? "" : "\n",
                      below);
}

std::string KeptText(const std::vector<Measurement>& measurements, const Terminal& terminal) {
  std::string text;
  for (const Measurement& each : measurements) {
    std::vector<std::string> ids;
    for (const std::string& name : KeptExperiments(each)) ids.push_back(ExperimentId(name));
    if (ids.empty()) continue;
    text += Paragraph("- ", "  ",
                      absl::StrCat(RowName(measurements, each), ": ", absl::StrJoin(ids, ", ")),
                      ProseWidth(terminal));
  }
  if (text.empty()) return "";
  return absl::StrCat(
      "\n", terminal.Paint(Tone::kStrong, "kept"), "\n",
      Paragraph("", "", "`ipclab get NAME` shows one, `ipclab delete NAME` removes it.",
                ProseWidth(terminal)),
      text);
}

std::string LeftOutText(const std::vector<LeftOut>& left_out, const Terminal& terminal) {
  if (left_out.empty()) return "";
  std::string text = absl::StrCat("\n", terminal.Paint(Tone::kStrong, "left out"), "\n");
  for (const LeftOut& each : left_out) {
    text += Paragraph("- ", "  ", absl::StrCat(each.mechanism, ": ", each.reason),
                      ProseWidth(terminal));
  }
  return text;
}

}  // namespace ipclab::cli
