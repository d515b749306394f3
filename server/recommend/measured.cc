#include "server/recommend/measured.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <tuple>
#include <vector>

#include "server/recommend/figure_text.h"
#include "server/recommend/suitability.h"

namespace ipclab {
namespace {

constexpr double kNear = 4;
constexpr double kSteady = 1.25;  // how far controls of one state of the platform are apart

// What was taken alike: pattern, size, circumstances.
using Likeness = std::tuple<v1::Pattern::Kind, int64_t, std::string>;

struct Group {
  std::map<std::string, std::vector<const Digest*>> of;  // by mechanism, the newest last
  size_t newest = 0;                                     // index of its newest digest
};

using Groups = std::map<Likeness, Group>;

double TimesApart(double a, double b) { return std::max(a, b) / std::min(a, b); }

bool AlikeWhereKnown(const std::string& then, const std::string& now) {
  return then.empty() || now.empty() || then == now;
}

bool IsLoadFit(const Digest& digest, const Wanted& wanted) {
  if (!NeedsRate(wanted)) return digest.per_second == 0;
  if (digest.per_second == 0) return false;
  return wanted.per_second() == 0 || TimesApart(digest.per_second, wanted.per_second()) <= kNear;
}

bool IsNear(const Digest& digest, const Wanted& wanted, const v1::Environment& here) {
  const std::vector<v1::Pattern::Kind> patterns = PatternsFor(wanted);
  if (std::find(patterns.begin(), patterns.end(), digest.pattern) == patterns.end()) return false;
  if (TimesApart(static_cast<double>(digest.message_bytes),
                 static_cast<double>(wanted.message_bytes())) > kNear) {
    return false;
  }
  if (wanted.topology() == Wanted::MANY_TO_ONE && digest.receivers != 1) return false;
  if (wanted.topology() == Wanted::MANY_TO_MANY && digest.receivers < 2) return false;
  return IsLoadFit(digest, wanted) && AlikeWhereKnown(digest.host_class, here.host_class()) &&
         AlikeWhereKnown(digest.kernel, here.kernel());
}

// How much a group says: for many mechanisms, and of the very size. A size twice off halves it.
double Worth(const Likeness& likeness, const Group& group, const Wanted& wanted) {
  const double apart = TimesApart(static_cast<double>(std::get<int64_t>(likeness)),
                                  static_cast<double>(wanted.message_bytes()));
  return static_cast<double>(group.of.size()) / (1 + std::log2(apart));
}

// The more it says the better; of two that say as much, the newer one.
bool IsBetter(const Groups::value_type& a, const Groups::value_type& b, const Wanted& wanted) {
  const double worth_a = Worth(a.first, a.second, wanted);
  const double worth_b = Worth(b.first, b.second, wanted);
  return worth_a > worth_b || (worth_a == worth_b && a.second.newest > b.second.newest);
}

// Of an even number the mean of the two in the middle; 0 of none. Zeros are no values.
template <typename Value>
Value Median(const std::vector<const Digest*>& digests, Value Digest::*member) {
  std::vector<Value> values;
  for (const Digest* digest : digests) {
    if (digest->*member > 0) values.push_back(digest->*member);
  }
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

// The control that most of a group had: of two states of the platform the more frequent one. 0 when
// there were no controls.
int64_t ControlOf(const Group& group) {
  std::vector<int64_t> controls;
  for (const auto& [mechanism, digests] : group.of) {
    for (const Digest* digest : digests) {
      if (digest->control_nanos > 0) controls.push_back(digest->control_nanos);
    }
  }
  if (controls.empty()) return 0;
  const auto middle = controls.begin() + static_cast<std::ptrdiff_t>((controls.size() - 1) / 2);
  std::nth_element(controls.begin(), middle, controls.end());
  return *middle;
}

// Those of this control, or without any.
std::vector<const Digest*> OfControl(const std::vector<const Digest*>& digests, int64_t control) {
  std::vector<const Digest*> steady;
  for (const Digest* digest : digests) {
    const bool known = control > 0 && digest->control_nanos > 0;
    if (!known || TimesApart(static_cast<double>(digest->control_nanos),
                             static_cast<double>(control)) <= kSteady) {
      steady.push_back(digest);
    }
  }
  return steady;
}

v1::MeasuredFigures FiguresOf(const std::vector<const Digest*>& digests) {
  v1::MeasuredFigures figures;
  for (const Digest* digest : digests) figures.add_experiments(digest->experiment);
  figures.set_message_bytes(digests.front()->message_bytes);
  figures.set_pattern(digests.front()->pattern);
  figures.set_circumstances(digests.front()->circumstances);
  if (const int64_t p50 = Median(digests, &Digest::p50_nanos)) figures.set_p50_nanos(p50);
  if (const int64_t p99 = Median(digests, &Digest::p99_nanos)) figures.set_p99_nanos(p99);
  figures.set_messages_per_second(Median(digests, &Digest::messages_per_second));
  figures.set_cpu_nanos_per_message(Median(digests, &Digest::cpu_nanos_per_message));
  figures.set_control_nanos(Median(digests, &Digest::control_nanos));
  return figures;
}

std::vector<double> CostsOf(const std::vector<const Digest*>& digests, Wanted::Priority priority) {
  std::vector<double> costs;
  for (const Digest* digest : digests) {
    if (const double cost = CostOf(FiguresOf({digest}), priority); cost > 0) costs.push_back(cost);
  }
  return costs;
}

}  // namespace

bool NeedsRate(const Wanted& wanted) {
  const bool answered =
      wanted.topology() == Wanted::ONE_TO_ONE && wanted.direction() == Wanted::TWO_WAY;
  if (answered) return false;
  return wanted.priority() == Wanted::LATENCY ||
         (wanted.priority() == Wanted::CPU && wanted.per_second() > 0);
}

Measured Gather(const std::deque<Digest>& digests, const v1::Environment& here,
                const Wanted& wanted, const std::function<bool(const std::string&)>& suits) {
  Groups groups;
  for (size_t i = 0; i < digests.size(); ++i) {
    const Digest& each = digests[i];
    if (!IsNear(each, wanted, here) || !suits(each.mechanism)) continue;
    Group& group = groups[{each.pattern, each.message_bytes, each.circumstances}];
    group.of[each.mechanism].push_back(&each);
    group.newest = i;
  }
  std::vector<const Groups::value_type*> best_first;
  for (const auto& group : groups) best_first.push_back(&group);
  std::sort(best_first.begin(), best_first.end(),
            [&wanted](const auto* a, const auto* b) { return IsBetter(*a, *b, wanted); });
  Measured measured;
  for (const Groups::value_type* group : best_first) {
    const int64_t control = ControlOf(group->second);
    for (const auto& [mechanism, alike] : group->second.of) {
      if (measured.figures.count(mechanism) > 0) continue;
      const std::vector<const Digest*> steady = OfControl(alike, control);
      if (group == best_first.front() && steady.empty()) measured.shifted.insert(mechanism);
      if (group == best_first.front() && !steady.empty()) {
        measured.comparable.insert(mechanism);
        measured.costs[mechanism] = CostsOf(steady, wanted.priority());
      }
      measured.figures[mechanism] = FiguresOf(steady.empty() ? alike : steady);
    }
  }
  return measured;
}

}  // namespace ipclab
