#include "clients/cli/measure/measurement_table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/experiment_text.h"
#include "clients/cli/measure/measurement_columns.h"
#include "clients/cli/parse.h"
#include "clients/cli/table.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

// What a row is about: its first columns, and its cells in them.
std::vector<Table::Column> KeyColumns(bool waits) {
  std::vector<Table::Column> columns = {{.title = "mechanism", .align = kLeft, .key = true},
                                        {.title = "bytes", .key = true}};
  if (waits) {
    columns.push_back({.title = "wait", .align = kLeft, .key = true});
  }
  return columns;
}

std::vector<std::string> Keys(const Measurement& each, bool waits) {
  const int64_t bytes = each.spec.message_bytes();
  std::vector<std::string> keys = {each.spec.mechanism(), bytes > 0 ? SizeText(bytes) : kNone};
  if (waits) keys.push_back(LowerName(v1::MeasureSpec::Wait_Name(each.spec.wait())));
  return keys;
}

std::vector<std::string> Joined(std::vector<std::string> keys, std::vector<std::string> cells) {
  keys.insert(keys.end(), std::make_move_iterator(cells.begin()),
              std::make_move_iterator(cells.end()));
  return keys;
}

std::string OnePatternTable(const std::vector<Measurement>& measurements, bool waits, int trials,
                            const Terminal& terminal) {
  const std::vector<Figure> figures = FiguresOf(measurements);
  std::vector<Table::Column> columns = KeyColumns(waits);
  for (const Figure& figure : figures) {
    columns.push_back(
        {.title = figure.title, .align = figure.left ? kLeft : Table::Column::Align::kRight});
  }
  Table table(std::move(columns));
  for (const Measurement& each : measurements) {
    if (!HasFigures(each) && each.failure) {
      table.AddText(Keys(each, waits), FailureLine(each, trials), Tone::kBad);
      continue;
    }
    std::vector<std::string> cells;
    for (const Figure& figure : figures) cells.push_back(figure.cell(each));
    table.AddRow(Joined(Keys(each, waits), std::move(cells)),
                 each.failure ? Tone::kBad : Tone::kPlain);
  }
  return table.Render(terminal);
}

// A table for each pattern, in the order in which they come first.
std::string TablesByPattern(const std::vector<Measurement>& measurements, int trials,
                            const Terminal& terminal) {
  const bool waits = WaitsVary(measurements);
  std::vector<std::vector<Measurement>> groups;
  for (const Measurement& each : measurements) {
    auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& others) {
      return others.front().spec.pattern() == each.spec.pattern();
    });
    if (group == groups.end()) group = groups.insert(groups.end(), std::vector<Measurement>());
    group->push_back(each);
  }
  if (groups.size() == 1) return OnePatternTable(measurements, waits, trials, terminal);
  std::string text;
  for (const std::vector<Measurement>& group : groups) {
    const v1::MeasureSpec& spec = group.front().spec;
    const std::string name = LowerName(v1::Pattern::Kind_Name(spec.pattern()));
    absl::StrAppend(&text, text.empty() ? "" : "\n", terminal.Paint(Tone::kStrong, name), "\n",
                    Paragraph("", "", LatencyTitle(spec), ProseWidth(terminal)),
                    OnePatternTable(group, waits, trials, terminal));
  }
  return text;
}

// The round trips and the stream of one mechanism, size and way to wait; null where there is none.
struct Pair {
  const Measurement* round_trip = nullptr;
  const Measurement* stream = nullptr;
};

bool IsSameRow(const v1::MeasureSpec& a, const v1::MeasureSpec& b) {
  return a.mechanism() == b.mechanism() && a.message_bytes() == b.message_bytes() &&
         a.wait() == b.wait();
}

std::vector<Pair> Pairs(const std::vector<Measurement>& measurements) {
  std::vector<Pair> pairs;
  for (const Measurement& each : measurements) {
    auto found = std::find_if(pairs.begin(), pairs.end(), [&](const Pair& pair) {
      const Measurement& first = pair.round_trip ? *pair.round_trip : *pair.stream;
      return IsSameRow(first.spec, each.spec);
    });
    if (found == pairs.end()) found = pairs.insert(pairs.end(), Pair());
    const bool streams = each.spec.pattern() == v1::Pattern::STREAM;
    (streams ? found->stream : found->round_trip) = &each;
  }
  return pairs;
}

std::string BothPatternsTable(const std::vector<Measurement>& measurements, int trials,
                              const Terminal& terminal) {
  const bool waits = WaitsVary(measurements);
  std::vector<Table::Column> columns = KeyColumns(waits);
  for (const char* title : {"trip p50", "trip p99", "CPU", "stream/s", "bytes/s", "CPU"}) {
    columns.push_back({.title = title});
  }
  Table table(std::move(columns));
  for (const auto& [round_trip, stream] : Pairs(measurements)) {
    std::vector<std::string> cells(6, kNone);
    bool failed = false;
    if (round_trip && HasFigures(*round_trip)) {
      cells[0] = OrNone(round_trip->latency.Percentile(50));
      cells[1] = OrNone(round_trip->latency.Percentile(99));
      cells[2] = CpuText(*round_trip);
    }
    if (stream && HasFigures(*stream)) {
      cells[3] = RateCell(*stream);
      cells[4] = BytesText(*stream);
      cells[5] = CpuText(*stream);
    }
    for (const Measurement* each : {round_trip, stream}) {
      failed = failed || (each && each->failure);
    }
    const std::vector<std::string> keys = Keys(round_trip ? *round_trip : *stream, waits);
    table.AddRow(Joined(keys, std::move(cells)), failed ? Tone::kBad : Tone::kPlain);
    for (const Measurement* each : {round_trip, stream}) {
      if (!each || !each->failure || HasFigures(*each)) continue;
      const std::string pattern = LowerName(v1::Pattern::Kind_Name(each->spec.pattern()));
      table.AddText({}, absl::StrCat(pattern, " ", FailureLine(*each, trials)), Tone::kBad);
    }
  }
  return table.Render(terminal);
}

}  // namespace

bool HasFigures(const Measurement& each) {
  return each.trials > 0 && (!each.failure || each.failure->kind == "CHECK");
}

bool PatternsVary(const std::vector<Measurement>& measurements) {
  return std::any_of(measurements.begin(), measurements.end(), [&](const Measurement& each) {
    return each.spec.pattern() != measurements.front().spec.pattern();
  });
}

bool WaitsVary(const std::vector<Measurement>& measurements) {
  return std::any_of(measurements.begin(), measurements.end(), [&](const Measurement& each) {
    return each.spec.wait() != measurements.front().spec.wait();
  });
}

bool LoadsVary(const std::vector<Measurement>& measurements) {
  return std::any_of(measurements.begin(), measurements.end(), [&](const Measurement& each) {
    return each.spec.load().per_second() != measurements.front().spec.load().per_second();
  });
}

std::string RowName(const std::vector<Measurement>& all, const Measurement& each) {
  std::string name = SubjectText(each.spec);
  if (PatternsVary(all))
    absl::StrAppend(&name, " ", LowerName(v1::Pattern::Kind_Name(each.spec.pattern())));
  if (WaitsVary(all))
    absl::StrAppend(&name, " ", LowerName(v1::MeasureSpec::Wait_Name(each.spec.wait())));
  if (LoadsVary(all)) absl::StrAppend(&name, " at ", RateText(each.spec.load().per_second()), "/s");
  return name;
}

std::string FailureLine(const Measurement& each, int trials) {
  const std::string which =
      trials > 1 && !each.runs.empty() ? absl::StrCat(" in trial ", each.runs.size() + 1) : "";
  const char* word = each.failure->kind == "REFUSED" ? "refused" : "failed";
  return absl::StrCat(word, which, ": ", FailureText(*each.failure));
}

bool AreCompared(const std::vector<Measurement>& measurements) {
  return std::any_of(measurements.begin(), measurements.end(),
                     [](const Measurement& each) { return each.comparison.has_value(); });
}

bool ArePairs(const std::vector<Measurement>& measurements) {
  return PatternsVary(measurements) && !AreCompared(measurements) &&
         std::all_of(measurements.begin(), measurements.end(), [](const Measurement& each) {
           return each.spec.pattern() == v1::Pattern::ROUND_TRIP ||
                  each.spec.pattern() == v1::Pattern::STREAM;
         });
}

std::string MeasurementTable(const std::vector<Measurement>& measurements, int trials,
                             const Terminal& terminal) {
  return ArePairs(measurements) ? BothPatternsTable(measurements, trials, terminal)
                                : TablesByPattern(measurements, trials, terminal);
}

std::vector<double> ShownPercentiles(const std::vector<Measurement>& measurements) {
  const bool few = ArePairs(measurements) || LoadsVary(measurements) || AreCompared(measurements);
  if (few) return {50, 99};
  const bool many = std::any_of(
      measurements.begin(), measurements.end(),
      [](const Measurement& each) { return HasFigures(each) && each.latency.Percentile(99.99); });
  if (many) return {50, 90, 99, 99.9, 99.99};
  return {50, 90, 99, 99.9};
}

}  // namespace ipclab::cli
