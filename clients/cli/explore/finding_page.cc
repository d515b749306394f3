#include "clients/cli/explore/finding_page.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/programs/shell_word.h"
#include "clients/cli/sections.h"
#include "common/program/schedule.h"

namespace ipclab::cli {
namespace {

constexpr size_t kMostItems = 300;  // characters of a schedule that is only mentioned

std::string FewestText(const v1::ExploreFinding& finding) {
  return absl::StrCat(finding.preemptions(),
                      finding.shortest() ? "; no shorter schedule fails by this check" : "");
}

std::string Mentioned(const std::string& schedule) {
  const std::string items = Printable(ItemsOf(schedule));
  if (items.size() <= kMostItems) return items;
  return absl::StrCat(items.substr(0, kMostItems), " ... (--json has all of it)");
}

std::string MechanismOptions(const ProgramFlags& flags) {
  std::string text;
  for (const std::string& each : flags.mechanisms) {
    absl::StrAppend(&text, " --mechanism ", ShellWord(Printable(each)));
  }
  return text;
}

std::string CommandLines(const std::string& title, const std::vector<std::string>& commands,
                         const Terminal& terminal) {
  std::string text = absl::StrCat("\n", terminal.Paint(Tone::kStrong, title), "\n");
  for (const std::string& command : commands) absl::StrAppend(&text, "  ", command, "\n");
  return text;
}

}  // namespace

std::string ItemsOf(const std::string& schedule) {
  const size_t colon = schedule.rfind(':');  // npos + 1 is the beginning
  return std::string(absl::StripAsciiWhitespace(schedule.substr(colon + 1)));
}

std::string ReplayCommandText(const std::string& schedule, const ProgramFlags& flags) {
  std::string text = absl::StrCat("ipclab replay ", ShellWord(Printable(schedule)));
  if (IsProgramFile(flags.subject)) {
    absl::StrAppend(&text, " --program ", ShellWord(Printable(flags.subject)));
  }
  return text + MechanismOptions(flags);
}

std::string StepCommandText(const std::string& schedule, const ProgramFlags& flags) {
  std::string text = absl::StrCat("ipclab step ", ShellWord(Printable(flags.subject)));
  const absl::StatusOr<Schedule> parsed = ParseSchedule(schedule);
  if (parsed.ok() && !parsed->variant.empty()) {
    absl::StrAppend(&text, " --variant ", ShellWord(Printable(parsed->variant)));
  }
  if (parsed.ok()) {
    for (const auto& [name, value] : parsed->parameters) {
      absl::StrAppend(&text, " --param ", name, "=", value);
    }
  }
  return absl::StrCat(text, MechanismOptions(flags), " --script ",
                      ShellWord(Printable(ItemsOf(schedule))));
}

std::string FindingPage(const v1::ExploreFinding& finding, const ProgramFlags& flags,
                        const Terminal& terminal) {
  const v1::ScheduleExplanation& details = finding.details();
  const std::string waits = absl::StrJoin(details.waits(), "; ");
  const bool explained = absl::StrContains(finding.explanation(), waits);
  const bool shrunk =
      !finding.found_schedule().empty() && finding.found_schedule() != finding.schedule();
  std::string page =
      Section("a schedule that fails",
              {{"check", Printable(finding.check())},
               {"why", Printable(finding.explanation())},
               {"waits", explained ? "" : Printable(waits)},
               {"schedule", Mentioned(finding.schedule())},
               {"preemptions", FewestText(finding)},
               {"shortened from", shrunk ? Mentioned(finding.found_schedule()) : ""}},
              terminal);
  page += CommandLines(
      "again",
      {ReplayCommandText(finding.schedule(), flags), StepCommandText(finding.schedule(), flags)},
      terminal);
  if (!details.passing_schedule().empty()) {
    page += CommandLines("the nearest that passes",
                         {ReplayCommandText(details.passing_schedule(), flags)}, terminal);
  }
  return page;
}

std::string LivelockPage(const v1::ExploreLivelock& livelock, const ProgramFlags& flags,
                         const Terminal& terminal) {
  const std::string stem = Mentioned(livelock.stem());
  const std::string round = absl::StrCat(livelock.stem(), " ", livelock.loop());
  return absl::StrCat(Section("a livelock: for ever, though everybody can go on",
                              {{"first", stem.empty() ? "nothing: it begins at step 0" : stem},
                               {"then for ever", Printable(livelock.loop())}},
                              terminal),
                      CommandLines("once round", {StepCommandText(round, flags)}, terminal));
}

}  // namespace ipclab::cli
