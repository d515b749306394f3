#include "clients/cli/measure/measurement_report.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/experiment_text.h"
#include "clients/cli/measure/measurement_columns.h"
#include "clients/cli/measure/measurement_table.h"
#include "clients/cli/parse.h"
#include "clients/cli/units.h"
#include "clients/cli/warning_text.h"

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

// "fan_in, 4 to 1, open loop, 10.0 k/s of each sender"; of several patterns their names.
std::string TrafficText(const std::vector<Measurement>& measurements) {
  std::string text = Names(measurements, PatternName);
  const v1::MeasureSpec& spec = measurements.front().spec;
  const std::string crowd = PatternsVary(measurements) ? "" : CrowdText(spec);
  for (const std::string& more : {crowd, LoadText(spec.load())}) {
    if (!more.empty()) absl::StrAppend(&text, ", ", more);
  }
  return text;
}

std::string Header(const std::vector<Measurement>& measurements, int trials,
                   const std::string& amount, const Terminal& terminal) {
  const std::string how = absl::StrCat(TrafficText(measurements), PlacementsText(measurements),
                                       ", wait ", Names(measurements, WaitName), ", ", trials,
                                       trials == 1 ? " trial" : " trials", " of ", amount, ". ");
  const std::string what =
      ArePairs(measurements)
          ? "trip: the whole round trip, from before the send until the echo is there. stream: one "
            "way, as many as go. CPU: processor time of both ends per message. "
      : PatternsVary(measurements) ? ""
                                   : LatencyTitle(measurements.front().spec) + " ";
  const std::string text = absl::StrCat(
      how, what, "Percentiles are over all trials together, rates those of the median trial.");
  return absl::StrCat(Paragraph("", "", text, ProseWidth(terminal)), "\n");
}

// One of them in words: "pipe 64 B", and what else tells it from the others.
std::string RowName(const std::vector<Measurement>& all, const Measurement& each) {
  std::string name = SubjectText(each.spec);
  if (PatternsVary(all)) absl::StrAppend(&name, " ", LowerName(PatternName(each.spec)));
  if (WaitsVary(all)) absl::StrAppend(&name, " ", LowerName(WaitName(each.spec)));
  return name;
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

// The percentiles that are "-", with what they need: "p99.9 needs 2995 values and there are 300".
std::string SupportNote(const Measurement& each, const std::vector<double>& shown) {
  const Distribution& latency = each.latency;
  if (!latency.absent_reason.empty()) {
    return absl::StrCat("no latency: ", latency.absent_reason);
  }
  std::vector<std::string> missing;
  for (const double percent : shown) {
    if (!latency.empty() && !latency.Percentile(percent)) {
      missing.push_back(absl::StrCat("p", percent, " needs ", latency.NeededCount(percent)));
    }
  }
  if (missing.empty()) return "";
  return absl::StrCat(absl::StrJoin(missing, ", "), " values and there are ", latency.values.count);
}

std::string LossNote(const Measurement& each) {
  if (each.lost == 0 || !each.may_lose) return "";
  return absl::StrCat("of ", each.messages + each.lost, " messages, ", each.lost,
                      " lost, as this mechanism may");
}

// Every remark once, with the rows that it is about.
std::string Notes(const std::vector<Measurement>& measurements, int trials,
                  const Terminal& terminal) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::string>> about;
  const auto add = [&](const std::string& note, const Measurement& each) {
    if (about[note].empty()) order.push_back(note);
    about[note].push_back(RowName(measurements, each));
  };
  const std::vector<double> shown = ShownPercentiles(measurements);
  for (const Measurement& each : measurements) {
    if (!HasFigures(each)) continue;
    if (each.failure) add(each.failure->message, each);
    if (each.trials < trials) add(absl::StrCat("only ", each.trials, " of the trials done"), each);
    if (const std::string note = LossNote(each); !note.empty()) add(note, each);
    if (const std::string note = SupportNote(each, shown); !note.empty()) add(note, each);
    for (const v1::Result::Warning warning : each.warnings) {
      add(WarningText(warning), each);
    }
  }
  std::string text;
  const bool all_alike = measurements.size() == 1;
  for (const std::string& note : order) {
    const bool of_all = about[note].size() == measurements.size();
    const std::string rows = all_alike ? ""
                             : of_all  ? "all: "
                                       : absl::StrCat(absl::StrJoin(about[note], ", "), ": ");
    std::string paragraph = Paragraph("! ", "  ", rows + note, ProseWidth(terminal));
    paragraph.pop_back();  // so that the colour ends on its line
    absl::StrAppend(&text, terminal.Paint(Tone::kWarning, paragraph), "\n");
  }
  return text;
}

}  // namespace

std::string MeasurementReport(const std::vector<Measurement>& measurements, int trials,
                              const std::string& amount, const Terminal& terminal) {
  if (measurements.empty()) return "";
  bool has_control = false;
  bool has_figures = false;
  for (const Measurement& each : measurements) {
    has_figures = has_figures || HasFigures(each);
    has_control = has_control || (HasFigures(each) && each.control_nanos);
  }
  const std::string notes = Notes(measurements, trials, terminal);
  const std::string control =
      has_control ? Paragraph("", "",
                              "control: the median round trip of one cache line between the same "
                              "CPUs, just before and after each trial.",
                              ProseWidth(terminal))
                  : "";
  if (!has_figures) return FailureList(measurements, trials, terminal);
  return absl::StrCat(Header(measurements, trials, amount, terminal),
                      MeasurementTable(measurements, trials, terminal),
                      control.empty() && notes.empty() ? "" : "\n", control, notes);
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
