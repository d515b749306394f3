#include "clients/cli/measure/measurement_columns.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/measure/comparing.h"
#include "clients/cli/measure/interval_text.h"
#include "clients/cli/measure/measurement_table.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

// What is due in a second of all that arrives.
std::string OfferedText(const Measurement& each) {
  const v1::MeasureSpec& spec = each.spec;
  if (!spec.has_load()) return kNone;
  const int lanes =
      spec.pattern() == v1::Pattern::BROADCAST ? spec.receivers() : std::max(spec.senders(), 1);
  return RateText(spec.load().per_second() * lanes);
}

// The least and the greatest part that a worker had: "12..31%".
std::string SharesText(const Measurement& each) {
  if (each.shares.empty()) return kNone;
  const auto percent = [](double share) { return absl::StrCat(std::lround(share * 100)); };
  return absl::StrCat(percent(each.shares.front()), "..", percent(each.shares.back()), "%");
}

std::string CoalescedText(const Measurement& each) {
  const int64_t sent = each.messages + each.coalesced;
  if (sent == 0) return kNone;
  return absl::StrCat(
      std::lround(static_cast<double>(each.coalesced) * 100 / static_cast<double>(sent)), "%");
}

Figure PercentileFigure(double percent) {
  return {absl::StrCat("p", percent),
          [percent](const Measurement& each) { return OrNone(each.latency.Percentile(percent)); },
          /*left=*/false};
}

std::string MaxText(const Measurement& each) {
  return each.latency.empty() ? kNone : NanosText(each.latency.values.max);
}

std::string IntervalCell(const Measurement& each, CompareBy by) {
  const TrialIntervals& all = each.intervals;
  const std::optional<stats::Interval>& interval = by == CompareBy::kRate ? all.messages_per_second
                                                   : by == CompareBy::kCpu
                                                       ? all.cpu_nanos_per_message
                                                   : by == CompareBy::kP99 ? all.p99
                                                                           : all.p50;
  return interval ? RangeText(*interval, by) : kNone;
}

std::string CallsText(const Measurement& each) {
  if (!each.system_calls_per_message) return kNone;
  return absl::StrFormat("%.2f", *each.system_calls_per_message);
}

// As many digits as a ratio to something that is itself uncertain deserves.
std::string TimesControlText(const Measurement& each) {
  const std::optional<double> times = TimesControl(each);
  if (!times) return kNone;
  return absl::StrFormat("%.*f", *times < 10 ? 1 : 0, *times);
}

std::string VerdictCell(const Measurement& each) {
  if (each.comparison) return OutcomeText(*each.comparison);
  return each.is_reference ? "(reference)" : kNone;
}

bool IsCompared(const Measurement& each) { return each.comparison.has_value(); }

bool Any(const std::vector<Measurement>& group, bool (*has)(const Measurement&)) {
  return std::any_of(group.begin(), group.end(), has);
}

// The figure that measurements of this pattern are judged by.
CompareBy JudgedBy(const std::vector<Measurement>& group) {
  for (const Measurement& each : group) {
    if (each.comparison) return each.comparison->by;
  }
  return FigureFor(CompareBy::kOwn, group.front().spec);
}

// Puts its interval behind the figure; and where they are compared, both to the front, with the
// outcome between them.
void AddJudgement(const std::vector<Measurement>& group, std::vector<Figure>& figures) {
  const v1::Pattern::Kind pattern = group.front().spec.pattern();
  const CompareBy by = JudgedBy(group);
  auto judged = std::find_if(figures.begin(), figures.end(), [&](const Figure& figure) {
    return figure.title == FigureText(by, pattern);
  });
  if (judged == figures.end()) return;
  const bool compared = Any(group, IsCompared);
  if (compared) {
    std::rotate(figures.begin(), judged, judged + 1);
    judged = figures.begin();
    judged = figures.insert(judged + 1, {"ratio",
                                         [](const Measurement& each) {
                                           return each.comparison
                                                      ? RatioText(each.comparison->found)
                                                      : std::string(kNone);
                                         },
                                         /*left=*/false});
    judged = figures.insert(judged + 1, {"verdict", VerdictCell, /*left=*/true});
  }
  const bool has_interval = std::any_of(group.begin(), group.end(), [&](const Measurement& each) {
    return IntervalCell(each, by) != kNone;
  });
  if (has_interval) {
    figures.insert(judged + 1, {absl::StrCat(FigureText(by, pattern), " 95%"),
                                [by](const Measurement& each) { return IntervalCell(each, by); },
                                /*left=*/false});
  }
}

}  // namespace

std::string OrNone(std::optional<int64_t> nanos) { return nanos ? NanosText(*nanos) : kNone; }

std::string CpuText(const Measurement& each) {
  return each.cpu_nanos_per_message ? NanosText(*each.cpu_nanos_per_message) : kNone;
}

std::string RateCell(const Measurement& each) {
  return each.messages_per_second ? RateText(*each.messages_per_second) : kNone;
}

std::string BytesText(const Measurement& each) {
  return each.bytes_per_second ? ByteRateText(*each.bytes_per_second) : kNone;
}

std::vector<Figure> FiguresOf(const std::vector<Measurement>& group) {
  const v1::Pattern::Kind pattern = group.front().spec.pattern();
  const std::string unit = PatternUnit(pattern);
  // A comparison leaves out what decides nothing, so that what does stands together.
  const bool compared = Any(group, IsCompared);
  std::vector<Figure> figures;
  const auto add = [&](const std::string& title, std::string (*cell)(const Measurement&)) {
    figures.push_back({.title = title, .cell = cell});
  };
  for (const double percent : ShownPercentiles(group)) {
    figures.push_back(PercentileFigure(percent));
  }
  if (!compared) add("max", MaxText);
  if (pattern == v1::Pattern::CONTENTION) {
    add("hand-off", [](const Measurement& each) { return OrNone(each.hand_off.Percentile(50)); });
    add("shares", SharesText);
  }
  if (group.front().spec.has_load()) add("offered/s", OfferedText);
  add(absl::StrCat(unit, "s/s"), RateCell);
  if (pattern == v1::Pattern::NOTIFY) add("merged", CoalescedText);
  if (CarriesMessages(pattern) && !compared) add("bytes/s", BytesText);
  add(absl::StrCat("CPU/", unit), CpuText);
  if (Any(group,
          [](const Measurement& each) { return each.system_calls_per_message.has_value(); })) {
    add(absl::StrCat("calls/", unit), CallsText);
  }
  add("control", [](const Measurement& each) { return OrNone(each.control_nanos); });
  if (Any(group, [](const Measurement& each) { return TimesControl(each).has_value(); })) {
    add("x control", TimesControlText);
  }
  add(absl::StrCat(unit, "s"),
      [](const Measurement& each) { return RateText(static_cast<double>(each.messages)); });
  if (Any(group, [](const Measurement& each) { return each.lost > 0; })) {
    add("lost", [](const Measurement& each) { return absl::StrCat(each.lost); });
  }
  AddJudgement(group, figures);
  return figures;
}

std::string LatencyTitle(const v1::MeasureSpec& spec) {
  const bool due = spec.has_load();
  const std::string sent = due ? "from when the message was due" : "from before the send";
  switch (spec.pattern()) {
    case v1::Pattern::ROUND_TRIP:
      return absl::StrCat("Latency is the whole round trip: ", sent, " until the echo is there.");
    case v1::Pattern::HAND_OFF:
      return absl::StrCat("Latency is the whole round trip: from ",
                          due ? "when the other was to be woken" : "before the wake-up",
                          " until being woken in turn.");
    case v1::Pattern::CONTENTION:
      return "Latency is the acquire: from wanting the lock until having it. hand-off: the median "
             "from one holder's release to the acquire of one that waited. shares: of the worker "
             "that had the lock least, and most often.";
    case v1::Pattern::NOTIFY:
      return "Latency is the notifying call alone. merged: notifications that were seen together "
             "with another one.";
    case v1::Pattern::PIPELINE:
      return absl::StrCat("Latency is of the whole way: ", sent,
                          " until after the last worker's receive.");
    default:
      return absl::StrCat("Latency is one way: ", sent, " until after the receive.");
  }
}

}  // namespace ipclab::cli
