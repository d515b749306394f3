#include "server/recommend/ranking.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/recommend/figure_text.h"

namespace ipclab {
namespace {

constexpr size_t kMostDisagreements = 3;
constexpr double kSuperiority = 0.9;  // of all pairs of experiments

// One mechanism and what counts of its figures.
struct Contestant {
  Ranked ranked;
  double cost;
  std::string text;
};

// 0 where it has none that may be compared with others'.
double ComparableCost(const std::string& id, const Measured& measured, const Wanted& wanted) {
  if (measured.comparable.count(id) == 0) return 0;
  return CostOf(measured.figures.at(id), wanted.priority());
}

// By more than kDifference in the medians, and in nearly all pairs of experiments: what only some
// of them show is noise.
bool Beats(const std::string& better, const std::string& worse, const Measured& measured,
           const Wanted& wanted) {
  const double cost = ComparableCost(better, measured, wanted);
  if (cost == 0 || ComparableCost(worse, measured, wanted) <= cost * kDifference) return false;
  const std::vector<double>& of_better = measured.costs.at(better);
  const std::vector<double>& of_worse = measured.costs.at(worse);
  size_t won = 0;
  for (const double a : of_better) {
    won += static_cast<size_t>(
        std::count_if(of_worse.begin(), of_worse.end(), [a](double b) { return a < b; }));
  }
  return static_cast<double>(won) >=
         kSuperiority * static_cast<double>(of_better.size() * of_worse.size());
}

// In the order of the rules, unless the next one beats the one before it. By insertion: who beats
// nobody and is beaten by nobody is not the equal of all, so std::sort would not do. Each exchange
// brings two medians into order, so there is an end.
void SortByFigures(std::vector<Contestant>& contestants, const Measured& measured,
                   const Wanted& wanted) {
  bool changed = true;
  while (changed) {
    changed = false;
    for (size_t i = 1; i < contestants.size(); ++i) {
      if (!Beats(contestants[i].ranked.mechanism->id(), contestants[i - 1].ranked.mechanism->id(),
                 measured, wanted)) {
        continue;
      }
      std::swap(contestants[i - 1], contestants[i]);
      changed = true;
    }
  }
}

// Near to each other the rules decide, so the first need not be the best.
std::string MeasuredText(const Contestant& each, const Contestant& best, size_t of) {
  const std::string text = absl::StrCat("Measured here: ", each.text);
  if (of == 1) return absl::StrCat(text, ", and nothing else alike.");
  if (&each == &best) return absl::StrCat(text, ", the best of ", of, " measured alike.");
  return absl::StrCat(text, "; the best of ", of, " measured alike is ",
                      best.ranked.mechanism->id(), " with ", best.text, ".");
}

// Where each contestant stands: above all those that come behind it, so at the first place that the
// rules give to any of these.
std::vector<int> PlacesOf(const std::vector<Contestant>& contestants) {
  std::vector<int> places(contestants.size());
  int first = std::numeric_limits<int>::max();
  for (size_t i = contestants.size(); i-- > 0;) {
    first = std::min(first, contestants[i].ranked.place_by_rules);
    places[i] = first;
  }
  return places;
}

struct Pair {
  const Ranked* better;
  const Ranked* worse;
  double times;
};

// Of those that the rules put before better, and that it beats, the one that they put first; none
// where there is no such one.
std::optional<Pair> MostTrustedOf(const std::vector<Ranked>& ranked, const Ranked& better,
                                  const Measured& measured, const Wanted& wanted) {
  std::optional<Pair> pair;
  for (const Ranked& worse : ranked) {
    if (worse.score <= better.score) continue;
    if (pair && pair->worse->place_by_rules < worse.place_by_rules) continue;
    const std::string& good = better.mechanism->id();
    const std::string& bad = worse.mechanism->id();
    if (!Beats(good, bad, measured, wanted)) continue;
    pair = Pair{&better, &worse,
                ComparableCost(bad, measured, wanted) / ComparableCost(good, measured, wanted)};
  }
  return pair;
}

}  // namespace

std::vector<Ranked> RankByRules(const std::vector<const v1::Mechanism*>& mechanisms,
                                const Wanted& wanted) {
  std::vector<const Rule*> rules;
  for (const Rule& rule : Rules()) {
    if (IsOccasion(rule.when, wanted)) rules.push_back(&rule);
  }
  std::stable_sort(rules.begin(), rules.end(), [](const Rule* a, const Rule* b) {
    return std::abs(a->weight) > std::abs(b->weight);
  });
  std::vector<Ranked> ranked;
  for (const v1::Mechanism* mechanism : mechanisms) {
    Ranked& each = ranked.emplace_back(Ranked{.mechanism = mechanism});
    for (const Rule* rule : rules) {
      if (!IsKind(rule->of, *mechanism)) continue;
      each.score += rule->weight;
      each.reasons.emplace_back(rule->sentence);
    }
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const Ranked& a, const Ranked& b) { return a.score > b.score; });
  for (size_t i = 0; i < ranked.size(); ++i) ranked[i].place_by_rules = static_cast<int>(i) + 1;
  return ranked;
}

void OrderByFigures(std::vector<Ranked>& ranked, const Measured& measured, const Wanted& wanted) {
  std::vector<Contestant> contestants;
  std::vector<Ranked> others;
  for (Ranked& each : ranked) {
    const std::string& id = each.mechanism->id();
    const double cost = ComparableCost(id, measured, wanted);
    if (cost == 0) {
      others.push_back(std::move(each));
    } else {
      const std::string text = CostText(measured.figures.at(id), wanted.priority());
      contestants.push_back({std::move(each), cost, text});
    }
  }
  SortByFigures(contestants, measured, wanted);
  const std::vector<int> places = PlacesOf(contestants);
  std::vector<std::string> texts;
  if (!contestants.empty()) {
    const Contestant& best =
        *std::min_element(contestants.begin(), contestants.end(),
                          [](const Contestant& a, const Contestant& b) { return a.cost < b.cost; });
    for (const Contestant& each : contestants) {
      texts.push_back(MeasuredText(each, best, contestants.size()));
    }
  }
  ranked.clear();
  auto other = others.begin();
  for (size_t i = 0; i < contestants.size(); ++i) {
    while (other != others.end() && other->place_by_rules < places[i]) {
      ranked.push_back(std::move(*other++));
    }
    Ranked& each = contestants[i].ranked;
    each.reasons.insert(each.reasons.begin(), std::move(texts[i]));
    ranked.push_back(std::move(each));
  }
  ranked.insert(ranked.end(), std::make_move_iterator(other),
                std::make_move_iterator(others.end()));
}

std::vector<std::string> Disagreements(const std::vector<Ranked>& ranked, const Measured& measured,
                                       const Wanted& wanted) {
  std::vector<Pair> pairs;
  for (const Ranked& each : ranked) {
    if (const auto pair = MostTrustedOf(ranked, each, measured, wanted)) pairs.push_back(*pair);
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair& a, const Pair& b) { return a.times > b.times; });
  std::vector<std::string> sentences;
  for (const auto& [better, worse, times] : pairs) {
    if (sentences.size() == kMostDisagreements) break;
    const std::string& good = better->mechanism->id();
    const std::string& bad = worse->mechanism->id();
    sentences.push_back(absl::StrCat(
        "The rules put ", bad, " before ", good, "; measured here, ", good, " has ",
        CostText(measured.figures.at(good), wanted.priority()), " and ", bad, " ",
        CostText(measured.figures.at(bad), wanted.priority()), ": ", BetterText(times), "."));
  }
  return sentences;
}

}  // namespace ipclab
