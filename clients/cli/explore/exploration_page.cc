#include "clients/cli/explore/exploration_page.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/explore/finding_page.h"
#include "clients/cli/explore/histogram.h"
#include "clients/cli/explore/known_so_far.h"
#include "clients/cli/explore/schedule_count.h"
#include "clients/cli/parse.h"
#include "clients/cli/sections.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

using Request = v1::ExploreProgramRequest;

bool IsCount(const v1::Exploration& exploration) { return exploration.mode() == Request::COUNT; }

// Every schedule was counted, so the numbers are exact.
bool IsExact(const v1::Exploration& exploration) {
  return IsCount(exploration) && exploration.complete() && !exploration.cyclic() &&
         exploration.reduction() != Request::DPOR;
}

std::string GroupedNumber(int64_t number) { return Grouped(absl::StrCat(number)); }

std::string ExploredTitle(const v1::Exploration& exploration, const ProgramFlags& flags) {
  std::string title = Printable(SubjectName(flags.subject));
  if (!exploration.variant().empty())
    absl::StrAppend(&title, " ", Printable(exploration.variant()));
  for (const std::string& each : flags.parameters) absl::StrAppend(&title, " ", Printable(each));
  if (!exploration.hash().empty()) absl::StrAppend(&title, " @", Printable(exploration.hash()));
  return title;
}

std::string LookedFor(const v1::Exploration& exploration) {
  std::string text = SearchText(exploration.mode(), exploration.reduction(), exploration.sampler());
  if (exploration.has_seed()) absl::StrAppend(&text, "; seed ", exploration.seed());
  return text;
}

std::string By(const v1::Exploration& exploration) {
  std::string text = EngineText(exploration.engine());
  if (exploration.groups() > 0) {
    absl::StrAppend(&text, "; ", exploration.groups(),
                    exploration.groups() == 1 ? " group" : " groups");
  }
  if (!exploration.hand_over().empty()) {
    absl::StrAppend(&text, ", handing over ", LowerName(Printable(exploration.hand_over())));
  }
  return text;
}

std::string CompleteText(const v1::Exploration& exploration) {
  if (exploration.complete()) return "yes";
  const std::string why = Printable(exploration.stopped_at());
  return absl::StrCat("no: stopped at ", why.empty() ? "a limit" : why,
                      "; the whole is more than what is here");
}

std::string SchedulesText(const v1::Exploration& exploration) {
  if (exploration.cyclic()) return "infinitely many: it can come back to where it was";
  // Over the graph of states nothing is counted before all of it is known.
  const bool too_early = IsCount(exploration) && !exploration.complete() &&
                         exploration.reduction() == Request::STATE &&
                         CountOf(exploration.schedules()).value_or(0) == 0;
  if (too_early) return "not counted: that takes all states";
  if (exploration.schedules().empty()) return IsCount(exploration) ? "not counted" : "";
  const std::string count = Grouped(exploration.schedules());
  return IsExact(exploration) ? count : absl::StrCat(count, " looked at");
}

// Which schedules a search for one failure came by says nothing of the others.
bool HasShares(const v1::Exploration& exploration) {
  return exploration.mode() != Request::FIND && !exploration.cyclic();
}

std::string ShareOfAll(const std::string& part, const v1::Exploration& exploration) {
  const auto count = CountOf(part);
  const auto whole = CountOf(exploration.schedules());
  if (!count || !whole || *whole == 0 || !HasShares(exploration)) return "";
  return absl::StrCat(Grouped(part), " (", ShareText(*count, *whole), ")");
}

std::string LeastPreemptions(const v1::Exploration& exploration) {
  if (!exploration.has_min_preemptions()) return "";
  const bool least = exploration.complete() && exploration.mode() != Request::SAMPLE &&
                     exploration.reduction() != Request::DPOR;
  return absl::StrCat(exploration.min_preemptions(),
                      least ? ", the fewest that it takes to fail"
                            : ", the fewest of those that were seen to fail");
}

std::string BoundText(const v1::Exploration& exploration) {
  if (!exploration.has_bound()) return "";
  if (exploration.bound() == 0) return "every schedule without a preemption was looked at";
  return absl::StrCat("every schedule with at most ", exploration.bound(),
                      exploration.bound() == 1 ? " preemption" : " preemptions", " was looked at");
}

std::string RunsText(const v1::Exploration& exploration) {
  if (exploration.runs() == 0) return "";
  std::string text = GroupedNumber(exploration.runs());
  if (exploration.steps() > 0) {
    absl::StrAppend(&text, ", of ", GroupedNumber(exploration.steps()), " steps in all");
  }
  return text;
}

std::string TruncatedText(const v1::Exploration& exploration) {
  if (exploration.truncated() == 0) return "";
  return absl::StrCat(GroupedNumber(exploration.truncated()),
                      " of these runs, at the limit of steps: how they end is not known");
}

std::string TimeTaken(const v1::Exploration& exploration) {
  std::string text = NanosText(exploration.seconds() * 1e9);
  if (exploration.schedules_per_second() <= 0) return text;
  const bool runs = exploration.engine() != Request::MODEL ||
                    (IsCount(exploration) && exploration.reduction() != Request::STATE);
  return absl::StrCat(text, ", ", RateText(exploration.schedules_per_second()),
                      runs ? " runs/s" : " schedules/s");
}

std::string MissText(const v1::Exploration& exploration) {
  if (!exploration.has_miss_probability()) return "";
  return absl::StrFormat("a bug of this depth would be missed with a probability of %.2g at most",
                         exploration.miss_probability());
}

std::string FiguresSection(const v1::Exploration& exploration, const Terminal& terminal) {
  return Section("explored",
                 {{"what", LookedFor(exploration)},
                  {"by", By(exploration)},
                  {"complete", CompleteText(exploration)},
                  {"schedules", SchedulesText(exploration)},
                  {"failing", ShareOfAll(exploration.failing(), exploration)},
                  {"deadlocked", ShareOfAll(exploration.deadlocked(), exploration)},
                  {"preemptions", LeastPreemptions(exploration)},
                  {"bound", BoundText(exploration)},
                  {"missed", MissText(exploration)},
                  {"states", exploration.states() > 0 ? GroupedNumber(exploration.states()) : ""},
                  {"runs", RunsText(exploration)},
                  {"truncated", TruncatedText(exploration)},
                  {"time", TimeTaken(exploration)}},
                 terminal);
}

std::string OutcomeSection(const v1::Exploration& exploration, Glyphs glyphs,
                           const Terminal& terminal) {
  const auto whole = HasShares(exploration) ? CountOf(exploration.schedules()) : std::nullopt;
  const std::vector<std::string> lines =
      HistogramLines({exploration.outcomes().begin(), exploration.outcomes().end()},
                     whole.value_or(0), {.glyphs = glyphs}, terminal);
  if (lines.empty()) return "";
  const char* title = IsExact(exploration)                  ? "outcomes, of all schedules"
                      : whole.value_or(0) > 0               ? "outcomes, of the schedules looked at"
                      : exploration.mode() == Request::FIND ? "outcomes on the way"
                                                            : "outcomes, not counted";
  std::string text = absl::StrCat("\n", terminal.Paint(Tone::kStrong, title), "\n");
  for (const std::string& line : lines) absl::StrAppend(&text, line, "\n");
  if (exploration.outcomes_left_out() > 0) {
    absl::StrAppend(&text, "  and ", GroupedNumber(exploration.outcomes_left_out()),
                    " more, for which the answer had no room\n");
  }
  return text;
}

std::string VerdictLines(const v1::Exploration& exploration, const Terminal& terminal) {
  if (exploration.verdict().empty()) return "";
  const Tone tone = KnowsFailure(exploration) ? Tone::kBad
                    : exploration.complete()  ? Tone::kGood
                                              : Tone::kWarning;
  std::string text = "\n";
  for (const std::string& line :
       WrapWords(Printable(exploration.verdict()), ProseWidth(terminal))) {
    absl::StrAppend(&text, terminal.Paint(tone, line), "\n");
  }
  return text;
}

std::string AfterGap(const std::string& section) {
  return section.empty() ? "" : absl::StrCat("\n", section);
}

}  // namespace

std::string SearchText(Request::Mode mode, Request::Reduction reduction, Request::Sampler sampler) {
  if (mode == Request::COUNT) {
    if (reduction == Request::NONE) return "every schedule, one after the other";
    if (reduction == Request::DPOR) return "every outcome, by one schedule at least (DPOR)";
    return "every schedule, over the graph of states";
  }
  if (mode == Request::SAMPLE) {
    return sampler == Request::UNIFORM ? "schedules by lot, each next step alike"
                                       : "schedules by lot, by random priorities (PCT)";
  }
  return "the first failure, by as few preemptions as it takes";
}

std::string EngineText(Request::Engine engine) {
  return engine == Request::MODEL ? "the lab's model alone" : "worker processes on kernel objects";
}

std::string ExplorationPage(const v1::Exploration& exploration, const ProgramFlags& flags,
                            Glyphs glyphs, const Terminal& terminal) {
  std::string page = terminal.Paint(Tone::kStrong, ExploredTitle(exploration, flags)) + "\n\n";
  page += FiguresSection(exploration, terminal);
  page += OutcomeSection(exploration, glyphs, terminal);
  if (exploration.has_finding()) {
    page += AfterGap(FindingPage(exploration.finding(), flags, terminal));
  }
  if (exploration.has_livelock()) {
    page += AfterGap(LivelockPage(exploration.livelock(), flags, terminal));
  }
  return page + VerdictLines(exploration, terminal);
}

}  // namespace ipclab::cli
