#include "clients/cli/measurement_report.h"

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/parse.h"
#include "clients/cli/table.h"
#include "clients/cli/units.h"
#include "clients/cli/warning_text.h"

namespace ipclab::cli {
namespace {

constexpr char kNone[] = "-";

std::string OrNone(std::optional<int64_t> nanos) { return nanos ? NanosText(*nanos) : kNone; }

bool HasFigures(const Measurement& each) {
  return each.trials > 0 && (!each.failure || each.failure->kind == "CHECK");
}

// "different_cores (CPUs 0 and 1)"
std::string PlacementText(const Measurement& each) {
  if (each.cpus.size() == 1) return absl::StrCat("one worker (CPU ", each.cpus.front(), ")");
  const std::string policy = LowerName(v1::Placement::Policy_Name(each.placement.policy()));
  const std::set<int> distinct(each.cpus.begin(), each.cpus.end());
  if (distinct.size() == 1) return absl::StrCat(policy, " (CPU ", *distinct.begin(), ")");
  return absl::StrCat(policy, " (CPUs ", absl::StrJoin(each.cpus, " and "), ")");
}

// The common placement, or, where mechanisms differ, each one's.
std::string PlacementsText(const std::vector<Measurement>& measurements) {
  std::map<std::string, std::set<std::string>> users;
  for (const Measurement& each : measurements) {
    if (HasFigures(each)) users[PlacementText(each)].insert(each.spec.mechanism());
  }
  std::vector<std::string> texts;
  for (const auto& [placement, mechanisms] : users) {
    texts.push_back(users.size() == 1
                        ? placement
                        : absl::StrCat(absl::StrJoin(mechanisms, ", "), ": ", placement));
  }
  return texts.empty() ? "" : absl::StrCat(", placement ", absl::StrJoin(texts, "; "));
}

std::string LatencyText(v1::Latency::Kind kind) {
  if (kind == v1::Latency::ONE_WAY) {
    return "Latency is one way: from before the send until after the receive.";
  }
  return "Latency is the whole round trip: from before the send until the echo is there.";
}

std::string Header(const std::vector<Measurement>& measurements, int trials,
                   const std::string& amount, const Terminal& terminal) {
  const v1::MeasureSpec& spec = measurements.front().spec;
  const auto wait =
      spec.wait() == v1::MeasureSpec::WAIT_UNSPECIFIED ? v1::MeasureSpec::BLOCK : spec.wait();
  const std::string text = absl::StrCat(
      LowerName(v1::Pattern::Kind_Name(spec.pattern())), PlacementsText(measurements), ", wait ",
      LowerName(v1::MeasureSpec::Wait_Name(wait)), ", ", trials, trials == 1 ? " trial" : " trials",
      " of ", amount, ". ", LatencyText(measurements.front().latency_kind),
      " Percentiles are over all trials together, rates those of the median trial.");
  return absl::StrCat(Paragraph("", "", text, ProseWidth(terminal)), "\n");
}

std::string FailureRow(const Measurement& each, int trials) {
  const std::string which =
      trials > 1 && each.trials > 0 ? absl::StrCat(" in trial ", each.trials + 1) : "";
  const char* word = each.failure->kind == "REFUSED" ? "refused" : "failed";
  return absl::StrCat(word, which, ": ", FailureText(*each.failure));
}

std::string TableText(const std::vector<Measurement>& measurements, int trials,
                      const Terminal& terminal) {
  Table table({{.title = "mechanism", .align = Table::Column::Align::kLeft, .key = true},
               {.title = "bytes", .key = true},
               {.title = "p50"},
               {.title = "p90"},
               {.title = "p99"},
               {.title = "p99.9"},
               {.title = "max"},
               {.title = "messages/s"},
               {.title = "bytes/s"},
               {.title = "CPU/message"},
               {.title = "control"},
               {.title = "lost"}});
  for (const Measurement& each : measurements) {
    const std::string mechanism = each.spec.mechanism();
    const std::string size = SizeText(each.spec.message_bytes());
    if (!HasFigures(each) && each.failure) {
      table.AddText({mechanism, size}, FailureRow(each, trials), Tone::kBad);
      continue;
    }
    table.AddRow({mechanism, size, OrNone(each.Percentile(50)), OrNone(each.Percentile(90)),
                  OrNone(each.Percentile(99)), OrNone(each.Percentile(99.9)),
                  each.latency.count > 0 ? NanosText(each.latency.max) : kNone,
                  each.messages_per_second ? RateText(*each.messages_per_second) : kNone,
                  each.bytes_per_second ? ByteRateText(*each.bytes_per_second) : kNone,
                  each.cpu_nanos_per_message ? NanosText(*each.cpu_nanos_per_message) : kNone,
                  OrNone(each.control_nanos), absl::StrCat(each.lost)},
                 each.failure ? Tone::kBad : Tone::kPlain);
  }
  return table.Render(terminal);
}

// In place of the table when all failed: no header promises figures.
std::string FailureList(const std::vector<Measurement>& measurements, int trials,
                        const Terminal& terminal) {
  std::string text;
  for (const Measurement& each : measurements) {
    if (!each.failure) continue;
    const std::string what =
        absl::StrCat(each.spec.mechanism(), " ", SizeText(each.spec.message_bytes()), " ");
    std::string paragraph = Paragraph("", "  ", what + FailureRow(each, trials), terminal.width);
    paragraph.pop_back();
    absl::StrAppend(&text, terminal.Paint(Tone::kBad, paragraph), "\n");
  }
  return text;
}

// The percentiles that are "-", with what they need: "p99.9 needs 2995 values and there are 300".
std::string SupportNote(const Measurement& each) {
  if (!each.latency_absent_reason.empty()) {
    return absl::StrCat("no latency: ", each.latency_absent_reason);
  }
  std::vector<std::string> missing;
  for (const double percent : {50.0, 90.0, 99.0, 99.9}) {
    if (each.latency.count > 0 && !each.Percentile(percent)) {
      missing.push_back(absl::StrCat("p", percent, " needs ", each.NeededCount(percent)));
    }
  }
  if (missing.empty()) return "";
  return absl::StrCat(absl::StrJoin(missing, ", "), " values and there are ", each.latency.count);
}

// Every remark once, with the rows that it is about.
std::string Notes(const std::vector<Measurement>& measurements, int trials,
                  const Terminal& terminal) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::string>> about;
  const auto add = [&](const std::string& note, const Measurement& each) {
    if (about[note].empty()) order.push_back(note);
    about[note].push_back(
        absl::StrCat(each.spec.mechanism(), " ", SizeText(each.spec.message_bytes())));
  };
  for (const Measurement& each : measurements) {
    if (!HasFigures(each)) continue;
    if (each.failure) add(each.failure->message, each);
    if (each.trials < trials) add(absl::StrCat("only ", each.trials, " of the trials done"), each);
    if (const std::string note = SupportNote(each); !note.empty()) add(note, each);
    for (const v1::Result::Warning warning : each.warnings) add(WarningText(warning), each);
  }
  std::string text;
  const bool all_alike = measurements.size() == 1;
  for (const std::string& note : order) {
    const std::string rows = all_alike ? "" : absl::StrCat(absl::StrJoin(about[note], ", "), ": ");
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
                      TableText(measurements, trials, terminal),
                      control.empty() && notes.empty() ? "" : "\n", control, notes);
}

}  // namespace ipclab::cli
