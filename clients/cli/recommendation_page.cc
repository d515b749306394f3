#include "clients/cli/recommendation_page.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/parse.h"
#include "clients/cli/sections.h"
#include "clients/cli/table.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

using Request = v1::RecommendMechanismRequest;
using Response = v1::RecommendMechanismResponse;

constexpr int kBest = 5;          // in the table unless all are
constexpr int kExplained = 3;     // likewise
constexpr size_t kMostNames = 6;  // of a group that does not suit

// "Messages of 64 B, two ways, 1:1, between related processes of one host; latency first."
std::string QuestionText(const Request& request) {
  std::vector<std::string> words = {
      absl::StrCat("Messages of ", SizeText(request.message_bytes()))};
  if (request.per_second() > 0) {
    words.push_back(absl::StrCat(RateText(request.per_second()), " a second"));
  }
  words.emplace_back(request.direction() == Request::ONE_WAY ? "one way" : "two ways");
  switch (request.topology()) {
    case Request::ONE_TO_MANY:
      words.emplace_back("1:n");
      break;
    case Request::MANY_TO_ONE:
      words.emplace_back("n:1");
      break;
    case Request::MANY_TO_MANY:
      words.emplace_back("n:m");
      break;
    default:
      words.emplace_back("1:1");
  }
  words.emplace_back(request.across_network()        ? "across a network"
                     : request.unrelated_processes() ? "unrelated processes of one host"
                                                     : "related processes of one host");
  if (request.keeps_records()) words.emplace_back("borders kept");
  if (request.survives_crash()) words.emplace_back("surviving a crash");
  const char* const first = request.priority() == Request::THROUGHPUT ? "throughput"
                            : request.priority() == Request::CPU      ? "processor time"
                                                                      : "latency";
  return absl::StrCat(absl::StrJoin(words, ", "), "; ", first, " first.");
}

std::vector<std::string> FigureCells(const v1::MeasuredFigures& figures) {
  return {figures.has_p50_nanos() ? NanosText(figures.p50_nanos()) : "-",
          figures.has_p99_nanos() ? NanosText(figures.p99_nanos()) : "-",
          NanosText(figures.cpu_nanos_per_message()), RateText(figures.messages_per_second()),
          figures.control_nanos() > 0 ? NanosText(figures.control_nanos()) : "-"};
}

struct Row {
  int place;  // from 1
  const v1::Recommendation* recommendation;
};

// The best few, and below them what was measured; or all.
std::vector<Row> RowsOf(const Response& response, const RecommendationView& view) {
  std::vector<Row> rows;
  for (int i = 0; i < response.recommendations_size(); ++i) {
    const v1::Recommendation& each = response.recommendations(i);
    if (view.all || i < kBest || each.has_measured()) rows.push_back({i + 1, &each});
  }
  return rows;
}

std::string Ranking(const std::vector<Row>& rows, const Terminal& terminal) {
  Table table({{.title = "", .key = true},
               {.title = "mechanism", .align = kLeft, .key = true},
               {.title = "by rules", .key = true},
               {.title = "p50 here"},
               {.title = "p99 here"},
               {.title = "CPU/msg"},
               {.title = "msg/s"},
               {.title = "control"}});
  for (const auto& [place, each] : rows) {
    std::vector<std::string> cells = {absl::StrCat(place), each->mechanism(),
                                      absl::StrCat(each->place_by_rules())};
    if (!each->has_measured()) {
      table.AddText(std::move(cells), "not measured here",
                    place == 1 ? Tone::kStrong : Tone::kPlain);
      continue;
    }
    std::vector<std::string> figures = FigureCells(each->measured());
    cells.insert(cells.end(), figures.begin(), figures.end());
    table.AddRow(std::move(cells), place == 1 ? Tone::kStrong : Tone::kPlain);
  }
  return table.Render(terminal);
}

// How the figures were taken, each way said once with those that it is true of.
std::string Circumstances(const std::vector<Row>& rows, const Terminal& terminal) {
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  for (const auto& [place, each] : rows) {
    if (!each->has_measured()) continue;
    const v1::MeasuredFigures& figures = each->measured();
    const std::string words =
        absl::StrCat(LowerName(v1::Pattern::Kind_Name(figures.pattern())), " of ",
                     SizeText(figures.message_bytes()), ", ", figures.circumstances());
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&words](const auto& known) { return known.first == words; });
    if (group == groups.end()) group = groups.insert(groups.end(), {words, {}});
    group->second.push_back(absl::StrCat(each->mechanism(), " ", figures.experiments_size()));
  }
  std::string text;
  for (const auto& [words, mechanisms] : groups) {
    text += Paragraph("", "  ",
                      absl::StrCat("Measured: ", words, ". Medians over experiments: ",
                                   absl::StrJoin(mechanisms, ", "), "."),
                      ProseWidth(terminal));
  }
  return text;
}

// The bare cache-line round trip between the same CPUs shows in which state the platform was.
std::string StatesOfThePlatform(const std::vector<Row>& rows, const Terminal& terminal) {
  constexpr double kSteady = 1.25;
  int64_t least = std::numeric_limits<int64_t>::max();
  int64_t most = 0;
  for (const auto& [place, each] : rows) {
    const int64_t control = each->measured().control_nanos();
    if (control == 0) continue;
    least = std::min(least, control);
    most = std::max(most, control);
  }
  if (static_cast<double>(most) <= kSteady * static_cast<double>(least)) return "";
  return Paragraph(
      "", "  ",
      "Controls differ: the platform was in several states, and only figures of one of "
      "them are compared.",
      ProseWidth(terminal));
}

std::string Why(const Response& response, const RecommendationView& view,
                const Terminal& terminal) {
  std::string text = absl::StrCat("\n", terminal.Paint(Tone::kStrong, "why"), "\n");
  const int all = response.recommendations_size();
  for (int i = 0; i < (view.all ? all : std::min(all, kExplained)); ++i) {
    const v1::Recommendation& each = response.recommendations(i);
    absl::StrAppend(&text, "  ", terminal.Paint(Tone::kStrong, each.mechanism()), "\n");
    for (const std::string& reason : each.reasons()) {
      text += Paragraph("    - ", "      ", reason, ProseWidth(terminal));
    }
    for (const std::string& caution : each.cautions()) {
      text += Paragraph("    ! ", "      ", caution, ProseWidth(terminal));
    }
  }
  return text;
}

std::string Others(const Response& response, const std::vector<Row>& rows,
                   const Terminal& terminal) {
  std::vector<std::string> names;
  for (const v1::Recommendation& each : response.recommendations()) {
    const bool shown = std::any_of(rows.begin(), rows.end(),
                                   [&each](const Row& row) { return row.recommendation == &each; });
    if (!shown) names.push_back(each.mechanism());
  }
  if (names.empty()) return "";
  const std::string text = absl::StrCat("These suit too, in order: ", absl::StrJoin(names, ", "),
                                        ". --all explains them.");
  return absl::StrCat("\n", Paragraph("", "", text, ProseWidth(terminal)));
}

std::string Disagreements(const Response& response, const Terminal& terminal) {
  if (response.disagreements().empty()) return "";
  std::string text = absl::StrCat(
      "\n", terminal.Paint(Tone::kStrong, "where this host disagrees with the rules"), "\n");
  for (const std::string& each : response.disagreements()) {
    text += Paragraph("  - ", "    ", each, ProseWidth(terminal));
  }
  return text;
}

// Those with one reason stand together.
std::string Rejected(const Response& response, const RecommendationView& view,
                     const Terminal& terminal) {
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  for (const v1::RejectedMechanism& each : response.rejected()) {
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&each](const auto& known) { return known.first == each.reason(); });
    if (group == groups.end()) group = groups.insert(groups.end(), {each.reason(), {}});
    group->second.push_back(each.mechanism());
  }
  if (groups.empty()) return "";
  std::string text = absl::StrCat("\n", terminal.Paint(Tone::kStrong, "what does not suit"), "\n");
  for (auto& [reason, names] : groups) {
    const size_t more = view.all || names.size() <= kMostNames ? 0 : names.size() - kMostNames;
    names.resize(names.size() - more);
    const std::string rest = more > 0 ? absl::StrCat(" and ", more, " more") : "";
    text += Paragraph("  - ", "    ", absl::StrCat(absl::StrJoin(names, ", "), rest, ": ", reason),
                      ProseWidth(terminal));
  }
  return text;
}

// To be copied as it stands: a line that is too long is continued as a shell wants it.
std::string CommandText(const std::string& command, const Terminal& terminal) {
  const size_t flags = command.find(" --");
  if (command.size() + 2 <= ProseWidth(terminal) || flags == std::string::npos) {
    return absl::StrCat("  ", terminal.Paint(Tone::kGood, command), "\n");
  }
  return absl::StrCat("  ", terminal.Paint(Tone::kGood, command.substr(0, flags) + " \\"), "\n   ",
                      terminal.Paint(Tone::kGood, command.substr(flags)), "\n");
}

std::string NextStep(const Response& response, const RecommendationView& view,
                     const Terminal& terminal) {
  if (response.measure_command().empty()) return "";
  const bool any = std::any_of(response.recommendations().begin(), response.recommendations().end(),
                               [](const v1::Recommendation& each) { return each.has_measured(); });
  const std::string why =
      view.private_server
          ? "There are no figures of this host: no server is running, and the private one that "
            "answered remembers nothing. Start ipclabd, measure, and ask again:"
      : any
          ? "Not all of the best were measured here alike. To compare them:"
          : "Nothing of the kind was measured here yet, so these are the rules of thumb alone. To "
            "compare the best on this host:";
  return absl::StrCat("\n", Paragraph("", "", why, ProseWidth(terminal)),
                      CommandText(response.measure_command(), terminal));
}

}  // namespace

std::string RecommendationPage(const Request& request, const Response& response,
                               const RecommendationView& view, const Terminal& terminal) {
  std::string text = Paragraph("", "", QuestionText(request), ProseWidth(terminal));
  if (response.recommendations().empty()) {
    absl::StrAppend(&text, "\n", terminal.Paint(Tone::kWarning, "No mechanism of this host suits."),
                    "\n");
  } else {
    const std::vector<Row> rows = RowsOf(response, view);
    absl::StrAppend(&text, "\n", Ranking(rows, terminal), Circumstances(rows, terminal),
                    StatesOfThePlatform(rows, terminal), Disagreements(response, terminal),
                    Why(response, view, terminal), Others(response, rows, terminal));
  }
  return absl::StrCat(text, Rejected(response, view, terminal), NextStep(response, view, terminal));
}

}  // namespace ipclab::cli
