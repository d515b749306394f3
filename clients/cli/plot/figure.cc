#include "clients/cli/plot/figure.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/cli/plot/labels.h"
#include "clients/cli/units.h"

namespace ipclab::plot {

std::optional<double> Figure::Of(const Item& item) const {
  return latency ? item.p50 : item.messages_per_second;
}

std::optional<double> Figure::Of(const TrialResult& trial) const {
  return latency ? trial.p50 : trial.messages_per_second;
}

std::optional<Interval> Figure::IntervalOf(const Item& item) const {
  const auto found = item.intervals.find(latency ? "p50" : "messagesPerSecond");
  return found == item.intervals.end() ? std::nullopt : std::make_optional(found->second);
}

std::string Figure::Text(double value) const {
  return latency ? cli::NanosText(value) : absl::StrCat(cli::RateText(value), "/s");
}

std::string Figure::Title(const Drawable& items) const {
  return latency ? absl::StrCat("p50 of ", LatencyName(items)) : "messages per second";
}

Figure FigureFor(const Drawable& items) {
  return {std::any_of(items.begin(), items.end(),
                      [](const Item* item) { return item->p50.has_value(); })};
}

std::string LatencyName(const Drawable& items) {
  const std::string& kind = items.front()->latency_kind;
  const bool same = std::all_of(items.begin(), items.end(),
                                [&](const Item* item) { return item->latency_kind == kind; });
  return same && !kind.empty() ? absl::StrCat(Words(kind), " latency") : "latency";
}

std::optional<double> MedianOfTrials(const Figure& figure, const Item& item) {
  std::vector<double> values;
  for (const TrialResult& trial : item.results) {
    const std::optional<double> value = figure.Of(trial);
    if (trial.used && value) values.push_back(*value);
  }
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

Drawable FirstOf(const Drawable& items, size_t most, std::string& said) {
  if (items.size() <= most) return items;
  said = absl::StrCat("The first ", most, " of ", items.size(),
                      " items are drawn; plot fewer of them to see the others.");
  return {items.begin(), items.begin() + static_cast<int64_t>(most)};
}

}  // namespace ipclab::plot
