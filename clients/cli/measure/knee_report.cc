#include "clients/cli/measure/knee_report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/experiment_text.h"
#include "clients/cli/json_line.h"
#include "clients/cli/measure/measurement_columns.h"
#include "clients/cli/measure/measurement_notes.h"
#include "clients/cli/measure/measurement_report.h"
#include "clients/cli/measure/measurement_table.h"
#include "clients/cli/table.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

std::string PartText(const KneePoint& point) {
  if (point.offered <= 0) return kNone;
  return absl::StrFormat("%.1f%%", point.achieved * 100 / point.offered);
}

std::string RatesTable(const KneeSweep& sweep, int trials, const Terminal& terminal) {
  Table table({{.title = "offered/s", .key = true},
               {.title = "achieved/s"},
               {.title = "part"},
               {.title = "p50"},
               {.title = "p99"},
               {.title = "CPU/message"},
               {.title = "messages"},
               {.title = "", .align = kLeft}});
  for (size_t i = 0; i < sweep.points.size(); ++i) {
    const Measurement& each = sweep.points[i];
    const KneePoint point = PointOf(each);
    const std::string offered = RateText(point.offered);
    if (!HasFigures(each)) {
      table.AddText({offered}, FailureLine(each, trials), Tone::kBad);
      continue;
    }
    const bool is_knee = sweep.knee.at == i;
    table.AddRow({offered, RateText(point.achieved), PartText(point),
                  OrNone(each.latency.Percentile(50)), OrNone(point.p99), CpuText(each),
                  RateText(static_cast<double>(each.messages)), is_knee ? "<- knee" : ""},
                 is_knee ? Tone::kStrong : Tone::kPlain);
  }
  return table.Render(terminal);
}

std::string KneeText(const KneeSweep& sweep) {
  if (!sweep.knee.at) return absl::StrCat("no knee: ", sweep.knee.none_because, ".");
  const KneePoint base = PointOf(sweep.points[*sweep.knee.base]);
  const bool last = *sweep.knee.at + 1 == sweep.points.size();
  return absl::StrCat(
      "knee: ", RateText(PointOf(sweep.points[*sweep.knee.at]).offered),
      "/s, the last rate on the way up of which 99% or more is achieved, with a p99 of at most ten "
      "times the ",
      OrNone(base.p99), " of the lowest rate, ", RateText(base.offered), "/s.",
      last ? " No rate that was tried is beyond it: it may lie higher." : "");
}

std::string SubjectOf(const KneeSweep& sweep) { return SubjectText(sweep.capacity.spec); }

}  // namespace

std::string KneeReport(const KneeSweep& sweep, int trials, const std::string& amount,
                       const Terminal& terminal) {
  const Measurement& capacity = sweep.capacity;
  if (!HasFigures(capacity)) {
    const std::string what = capacity.failure ? FailureLine(capacity, trials) : "nothing was done";
    return absl::StrCat(SubjectOf(sweep), " ", what, "\n");
  }
  if (sweep.points.empty()) return absl::StrCat(SubjectOf(sweep), ": no rate was tried\n");
  const std::string most = absl::StrCat(
      "As many as go, in a closed loop: ", RateText(*capacity.messages_per_second),
      " messages/s; rates are from a twentieth of it to 1.2 times as many.",
      capacity.floor_nanos ? absl::StrCat(" The lab's own floor, `null`, had a p50 of ",
                                          NanosText(*capacity.floor_nanos), " in the same loop.")
                           : "");
  return absl::StrCat(terminal.Paint(Tone::kStrong, SubjectOf(sweep)), "\n",
                      ReportHeader(sweep.points, trials, amount, terminal),
                      RatesTable(sweep, trials, terminal), "\n",
                      Paragraph("", "", KneeText(sweep), ProseWidth(terminal)),
                      Paragraph("", "", most, ProseWidth(terminal)),
                      MeasurementNotes(sweep.points, trials, terminal));
}

std::string KneeJson(const KneeSweep& sweep) {
  const Measurement& capacity = sweep.capacity;
  const v1::MeasureSpec& spec = capacity.spec;
  const std::optional<size_t> at = sweep.knee.at;
  JsonLine knee;
  knee.Text("mechanism", spec.mechanism())
      .Number("messageBytes", spec.message_bytes())
      .Text("pattern", v1::Pattern::Kind_Name(spec.pattern()))
      .Text("placement", v1::Placement::Policy_Name(capacity.placement.policy()))
      .Text("wait", v1::MeasureSpec::Wait_Name(spec.wait()))
      .Number("trials", at ? sweep.points[*at].trials : capacity.trials_asked)
      .Text("latencyKind", v1::Latency::Kind_Name(capacity.latency_kind))
      .Real("capacityPerSecond", capacity.messages_per_second)
      .Number("missingRates", sweep.missing);
  if (sweep.knee.base) knee.Real("basePerSecond", PointOf(sweep.points[*sweep.knee.base]).offered);
  if (at) {
    const KneePoint point = PointOf(sweep.points[*at]);
    knee.Real("offeredPerSecond", point.offered)
        .Real("achievedPerSecond", point.achieved)
        .Number("p50Nanos", sweep.points[*at].latency.Percentile(50))
        .Number("p99Nanos", point.p99)
        .Real("cpuNanosPerMessage", sweep.points[*at].cpu_nanos_per_message);
  } else {
    knee.Null("offeredPerSecond")
        .Null("achievedPerSecond")
        .Null("p50Nanos")
        .Null("p99Nanos")
        .Null("cpuNanosPerMessage")
        .Text("why", sweep.knee.none_because);
  }
  return JsonLine().Object("knee", knee).str();
}

}  // namespace ipclab::cli
