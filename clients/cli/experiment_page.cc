#include "clients/cli/experiment_page.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/experiment_name.h"
#include "clients/cli/experiment_text.h"
#include "clients/cli/figures_page.h"
#include "clients/cli/moment.h"
#include "clients/cli/parse.h"
#include "clients/cli/programs/trace_text.h"
#include "clients/cli/programs/verdict_text.h"
#include "clients/cli/run_page.h"
#include "clients/cli/sections.h"
#include "clients/cli/table.h"
#include "clients/cli/units.h"
#include "clients/cli/warning_text.h"

namespace ipclab::cli {
namespace {

bool EndedBadly(const v1::Experiment& experiment) {
  return experiment.state() == v1::Experiment::FAILED ||
         experiment.state() == v1::Experiment::ABORTED;
}

std::string NoteOf(const v1::Experiment& experiment) {
  const std::string labels = LabelsText(experiment.spec());
  if (!EndedBadly(experiment)) return labels;
  const std::string why = EndText(experiment.end());
  return labels.empty() ? why : absl::StrCat(why, "; ", labels);
}

// How long it lived, or has lived so far.
std::string TookText(const v1::Experiment& experiment, absl::Time now) {
  const absl::Time end = experiment.has_end_time() ? TimeOf(experiment.end_time()) : now;
  return RoughText(std::max(absl::ZeroDuration(), end - TimeOf(experiment.create_time())));
}

std::string WhenText(const google::protobuf::Timestamp& timestamp, absl::Time now) {
  const absl::Time time = TimeOf(timestamp);
  return absl::StrCat(MomentText(time), " (", AgoText(time, now), ")");
}

std::string Life(const v1::Experiment& experiment, const Terminal& terminal, absl::Time now) {
  const bool controlled = !experiment.control_lease().controller().empty();
  return Section(
      absl::StrCat(ExperimentId(experiment.name()), "  ",
                   terminal.Paint(ToneOf(experiment.state()), StateText(experiment.state()))),
      {{"step", absl::StrCat(experiment.step())},
       {"created", WhenText(experiment.create_time(), now)},
       {"ended", experiment.has_end_time() ? absl::StrCat(WhenText(experiment.end_time(), now),
                                                          ", after ", TookText(experiment, now))
                                           : ""},
       {"why", EndedBadly(experiment) ? EndText(experiment.end()) : ""},
       {"controlled by", controlled ? absl::StrCat(experiment.control_lease().controller(), " ",
                                                   LeaseText(experiment.control_lease()))
                                    : ""},
       {"labels", LabelsText(experiment.spec())},
       {"uid", experiment.uid()}},
      terminal);
}

std::string OptionsText(const v1::MeasureSpec& measure) {
  std::vector<std::string> options;
  for (const auto& [key, value] : measure.options()) options.push_back(key + "=" + value);
  std::sort(options.begin(), options.end());
  return Printable(absl::StrJoin(options, ", "));
}

// Where an experiment runs, and how long at most.
std::string SharedPlacementText(const v1::ExperimentSpec& spec) {
  return absl::StrCat(PlacementText(spec.placement()),
                      spec.share_cpus() ? ", shared with others" : "");
}

std::string TimeLimitText(const v1::ExperimentSpec& spec) {
  return spec.has_time_limit() ? absl::FormatDuration(DurationOf(spec.time_limit())) : "";
}

std::string MechanismsText(const v1::ProgramSpec& program) {
  std::vector<std::string> objects;
  for (const auto& [object, mechanism] : program.mechanisms()) {
    std::vector<std::string> options;
    for (const auto& [key, value] : mechanism.options()) options.push_back(key + "=" + value);
    std::sort(options.begin(), options.end());
    objects.push_back(absl::StrCat(object, " over ", mechanism.mechanism(),
                                   options.empty() ? "" : " (", absl::StrJoin(options, " "),
                                   options.empty() ? "" : ")"));
  }
  std::sort(objects.begin(), objects.end());
  return Printable(absl::StrJoin(objects, ", "));
}

std::string ProgramWork(const v1::ExperimentSpec& spec, const Terminal& terminal) {
  const v1::ProgramSpec& program = spec.program();
  std::vector<std::string> parameters;
  for (const auto& [name, value] : program.parameters()) {
    parameters.push_back(absl::StrCat(name, "=", value));
  }
  std::sort(parameters.begin(), parameters.end());
  return Section("steps through",
                 {{"program", program.program().empty() ? "one of its own text"
                                                        : Printable(program.program())},
                  {"variant", Printable(program.variant())},
                  {"parameters", Printable(absl::StrJoin(parameters, ", "))},
                  {"objects", MechanismsText(program)},
                  {"placement", SharedPlacementText(spec)},
                  {"time limit", TimeLimitText(spec)}},
                 terminal);
}

std::string Work(const v1::ExperimentSpec& spec, const Terminal& terminal) {
  if (spec.has_program()) return ProgramWork(spec, terminal);
  const v1::MeasureSpec& measure = spec.measure();
  std::string amount = AmountText(measure);
  if (measure.has_warm_up_messages()) {
    absl::StrAppend(&amount, ", after ", measure.warm_up_messages(), " to warm up");
  }
  std::string traffic = LowerName(v1::Pattern::Kind_Name(measure.pattern()));
  if (measure.message_bytes() > 0) {
    absl::StrAppend(&traffic, " of ", SizeText(measure.message_bytes()),
                    measure.verify_payload() ? ", contents verified" : "");
  }
  if (measure.time_every() > 1) {
    absl::StrAppend(&traffic, ", one in ", measure.time_every(), " timed");
  }
  return Section("measures",
                 {{"mechanism", measure.mechanism()},
                  {"options", OptionsText(measure)},
                  {"traffic", traffic},
                  {"workers", CrowdText(measure)},
                  {"load", LoadText(measure.load())},
                  {"wait", measure.wait() == v1::MeasureSpec::WAIT_UNSPECIFIED
                               ? ""
                               : LowerName(v1::MeasureSpec::Wait_Name(measure.wait()))},
                  {"amount", amount},
                  {"placement", SharedPlacementText(spec)},
                  {"time limit", TimeLimitText(spec)}},
                 terminal);
}

std::string Workers(const v1::Experiment& experiment, const Terminal& terminal) {
  if (experiment.workers().empty()) return "";
  Table table({{.title = "worker", .align = kLeft, .key = true},
               {.title = "role", .align = kLeft},
               {.title = "pid"},
               {.title = "CPU"},
               {.title = "end", .align = kLeft, .wraps = true}});
  for (const v1::Worker& worker : experiment.workers()) {
    const bool good = !worker.has_end() || worker.end().class_() == v1::End::OK ||
                      worker.end().class_() == v1::End::KILLED_BY_LAB;
    table.AddRow({absl::StrCat(worker.index()), worker.role(),
                  worker.pid() == 0 ? "-" : absl::StrCat(worker.pid()), absl::StrCat(worker.cpu()),
                  worker.has_end() ? EndText(worker.end()) : ""},
                 good ? Tone::kPlain : Tone::kBad);
  }
  return table.Render(terminal);
}

// A warning, and what it was seen by.
std::string SpoilerText(const v1::Result& result, int index) {
  std::string text = WarningText(result.warnings(index));
  if (index < result.warning_details_size() && !result.warning_details(index).empty()) {
    absl::StrAppend(&text, ": ", Printable(result.warning_details(index)));
  }
  return text;
}

std::string ResultPage(const v1::Result& result, const Terminal& terminal) {
  std::string text;
  if (result.has_metrics()) absl::StrAppend(&text, "\n", FiguresPage(result.metrics(), terminal));
  if (result.has_stepped_metrics()) {
    absl::StrAppend(&text, "\n", FiguresPage(result.stepped_metrics(), terminal));
  }
  const std::string run = RunPage(result, terminal, GlyphsOfLocale());
  if (!run.empty()) absl::StrAppend(&text, "\n", run);
  for (int i = 0; i < result.warnings_size(); ++i) {
    std::string paragraph = Paragraph("! ", "  ", SpoilerText(result, i), ProseWidth(terminal));
    paragraph.pop_back();  // so that the colour ends on its line
    absl::StrAppend(&text, "\n", terminal.Paint(Tone::kWarning, paragraph));
  }
  return result.warnings().empty() ? text : text + "\n";
}

// Messages of a measurement are many; steps of a program are counted one by one.
std::string StepText(const v1::Experiment& experiment) {
  if (experiment.spec().has_program()) return absl::StrCat(experiment.step());
  return RateText(static_cast<double>(experiment.step()));
}

// A name that is as long as it may be leaves no room for the rest; --names has it whole.
std::string Shortened(const std::string& id, const Terminal& terminal) {
  constexpr size_t kMost = 32;
  constexpr char kCut[] = "...";
  if (!terminal.interactive || id.size() <= kMost) return id;  // an id is ASCII
  return absl::StrCat(id.substr(0, kMost - (sizeof kCut - 1)), kCut);
}

}  // namespace

std::string ExperimentTable(const std::vector<v1::Experiment>& experiments,
                            const Terminal& terminal, absl::Time now) {
  const bool any_note = std::any_of(experiments.begin(), experiments.end(),
                                    [](const auto& each) { return !NoteOf(each).empty(); });
  std::vector<Table::Column> columns = {{.title = "name", .align = kLeft, .key = true},
                                        {.title = "state", .align = kLeft},
                                        {.title = "work", .align = kLeft},
                                        {.title = "bytes"},
                                        {.title = "step"},
                                        {.title = "created"}};
  if (any_note) columns.push_back({.title = "note", .align = kLeft, .wraps = true});
  Table table(columns);
  for (const v1::Experiment& each : experiments) {
    const v1::MeasureSpec& measure = each.spec().measure();
    table.AddRow({Shortened(ExperimentId(each.name()), terminal), StateText(each.state()),
                  each.spec().has_program() ? WorkText(each.spec()) : measure.mechanism(),
                  measure.message_bytes() > 0 ? SizeText(measure.message_bytes()) : "-",
                  StepText(each), AgoText(TimeOf(each.create_time()), now), NoteOf(each)},
                 ToneOf(each.state()));
  }
  return table.Render(terminal);
}

std::string ExperimentPage(const v1::Experiment& experiment, const Terminal& terminal,
                           absl::Time now) {
  std::string text =
      absl::StrCat(Life(experiment, terminal, now), "\n", Work(experiment.spec(), terminal));
  if (const std::string workers = Workers(experiment, terminal); !workers.empty()) {
    absl::StrAppend(&text, "\n", workers);
  }
  if (experiment.has_program()) {
    absl::StrAppend(&text, StandText(experiment.program(), "", terminal));
  } else if (experiment.result().has_program()) {
    const v1::ProgramVerdict& verdict = experiment.result().program();
    absl::StrAppend(
        &text, "\n",
        terminal.Paint(verdict.failing() ? Tone::kBad : Tone::kGood, VerdictWord(verdict)), " ",
        Printable(VerdictSentence(verdict)), "\n");
  }
  return absl::StrCat(text, ResultPage(experiment.result(), terminal));
}

}  // namespace ipclab::cli
