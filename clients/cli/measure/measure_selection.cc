#include "clients/cli/measure/measure_selection.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/measure/measurement.h"
#include "clients/cli/parse.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

using v1::MeasureSpec;
using v1::Mechanism;
using v1::Pattern;
using Patterns = std::vector<Pattern::Kind>;

constexpr int64_t kLeastSharedBytes = 8;  // what the server wants where many share one object

bool Carries(const Mechanism& mechanism, Pattern::Kind pattern) {
  const auto& carried = mechanism.patterns();
  return std::find(carried.begin(), carried.end(), pattern) != carried.end();
}

// Those that a plan which names none means.
Patterns OwnPatterns(const Mechanism* mechanism) {
  if (mechanism == nullptr || mechanism->patterns().empty() ||
      Carries(*mechanism, Pattern::ROUND_TRIP)) {
    return {Pattern::ROUND_TRIP};
  }
  return {static_cast<Pattern::Kind>(mechanism->patterns(0))};
}

// Sizes are only for what carries messages.
void AddItems(const MeasurePlan& plan, const std::string& mechanism, int64_t size,
              const Patterns& patterns, std::vector<MeasureItem>& items) {
  for (const Pattern::Kind pattern : patterns) {
    for (const MeasureSpec::Wait wait : plan.waits) {
      const MeasureItem item = {.mechanism = mechanism,
                                .message_bytes = CarriesMessages(pattern) ? size : 0,
                                .pattern = pattern,
                                .wait = wait};
      if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
    }
  }
}

bool SharesObject(const Mechanism& mechanism, Pattern::Kind pattern) {
  if (pattern == Pattern::BROADCAST) return mechanism.sharing() == Mechanism::ONE_TO_ALL;
  const bool fans = pattern == Pattern::FAN_IN || pattern == Pattern::FAN_OUT;
  return fans && mechanism.sharing() == Mechanism::MANY_TO_MANY;
}

// 0: no limit of its own.
int64_t LargestOf(const Mechanism& mechanism, Pattern::Kind pattern) {
  const int64_t shared = mechanism.max_shared_message_bytes();
  return SharesObject(mechanism, pattern) && shared > 0 ? shared : mechanism.max_message_bytes();
}

// Why a message of this size does not fit; empty when it does.
std::string Misfit(const Mechanism& mechanism, Pattern::Kind pattern, int64_t size) {
  if (!CarriesMessages(pattern)) return "";
  if (SharesObject(mechanism, pattern) && size < kLeastSharedBytes) {
    return absl::StrCat("it takes ", kLeastSharedBytes, " B at least where many share one object");
  }
  const int64_t most = LargestOf(mechanism, pattern);
  if (most == 0 || size <= most) return "";
  const std::string& means = mechanism.max_message_changed_by();
  const bool raised = !means.empty() && most == mechanism.max_message_bytes();
  return absl::StrCat("it takes ", SizeText(most), " at most here",
                      raised ? absl::StrCat("; raise it with ", means) : "");
}

// The items of a mechanism that nobody named: those that it takes.
void AddFitting(const MeasurePlan& plan, const Mechanism& mechanism, Selection& selection) {
  const auto leave_out = [&](std::string reason) {
    selection.left_out.push_back({mechanism.id(), std::move(reason)});
  };
  if (!mechanism.available()) return leave_out(mechanism.unavailable_reason());
  Patterns patterns = plan.patterns.empty() ? OwnPatterns(&mechanism) : plan.patterns;
  std::erase_if(patterns, [&](Pattern::Kind pattern) { return !Carries(mechanism, pattern); });
  if (patterns.empty()) {
    return leave_out(plan.patterns.size() == 1 ? "it does not carry this pattern"
                                               : "it carries none of these patterns");
  }
  MeasurePlan own = plan;
  if (mechanism.only_blocks()) {
    std::erase_if(own.waits, [](MeasureSpec::Wait wait) { return wait != MeasureSpec::BLOCK; });
    if (own.waits != plan.waits) leave_out("it can only wait by block");
  }
  std::vector<std::pair<std::string, std::vector<std::string>>> misfits;  // sizes by reason
  for (const int64_t size : plan.sizes) {
    for (const Pattern::Kind pattern : patterns) {
      const std::string reason = Misfit(mechanism, pattern, size);
      if (reason.empty()) {
        AddItems(own, mechanism.id(), size, {pattern}, selection.items);
        continue;
      }
      if (misfits.empty() || misfits.back().first != reason) misfits.push_back({reason, {}});
      std::vector<std::string>& sizes = misfits.back().second;
      if (sizes.empty() || sizes.back() != SizeText(size)) sizes.push_back(SizeText(size));
    }
  }
  for (const auto& [reason, sizes] : misfits) {
    leave_out(absl::StrCat("no ", absl::StrJoin(sizes, ", "), ": ", reason));
  }
}

bool HasOption(const Mechanism& mechanism, const std::string& name) {
  return std::any_of(mechanism.options().begin(), mechanism.options().end(),
                     [&](const v1::Option& option) { return option.name() == name; });
}

// Which mechanisms do not get an option that others get.
void TellOptionless(const MeasurePlan& plan, const std::vector<Mechanism>& mechanisms,
                    Selection& selection) {
  for (const auto& [name, value] : plan.spec.measure().options()) {
    std::vector<std::string> without;
    for (const MeasureItem& item : selection.items) {
      const Mechanism* const mechanism = FindMechanism(mechanisms, item.mechanism);
      if (mechanism == nullptr || HasOption(*mechanism, name)) continue;
      if (without.empty() || without.back() != item.mechanism) without.push_back(item.mechanism);
    }
    if (without.empty()) continue;
    selection.left_out.push_back({absl::StrCat("option ", name),
                                  absl::StrCat("there is none in ", absl::StrJoin(without, ", "))});
  }
}

bool IsAmong(Pattern::Kind pattern, const Patterns& patterns) {
  return std::find(patterns.begin(), patterns.end(), pattern) != patterns.end();
}

// What only some patterns take.
struct Special {
  const char* flag;
  bool (*is_set)(const MeasureSpec& measure);
  void (*clear)(MeasureSpec& measure);
  Patterns patterns;
};

const std::vector<Special>& Specials() {
  static const auto* const specials = new std::vector<Special>{
      {"--senders",
       [](const MeasureSpec& m) { return m.senders() != 0; },
       [](MeasureSpec& m) { m.clear_senders(); },
       {Pattern::FAN_IN}},
      {"--receivers",
       [](const MeasureSpec& m) { return m.receivers() != 0; },
       [](MeasureSpec& m) { m.clear_receivers(); },
       {Pattern::FAN_IN, Pattern::FAN_OUT, Pattern::BROADCAST}},
      {"--workers",
       [](const MeasureSpec& m) { return m.workers() != 0; },
       [](MeasureSpec& m) { m.clear_workers(); },
       {Pattern::PIPELINE, Pattern::CONTENTION}},
      {"--critical-section",
       [](const MeasureSpec& m) { return m.has_critical_section(); },
       [](MeasureSpec& m) { m.clear_critical_section(); },
       {Pattern::CONTENTION}},
      {"--time-every",
       [](const MeasureSpec& m) { return m.time_every() != 0; },
       [](MeasureSpec& m) { m.clear_time_every(); },
       {Pattern::STREAM}},
      {"--rate",
       [](const MeasureSpec& m) { return m.has_load(); },
       [](MeasureSpec& m) { m.clear_load(); },
       {Pattern::ROUND_TRIP, Pattern::STREAM, Pattern::FAN_IN, Pattern::FAN_OUT, Pattern::PIPELINE,
        Pattern::BROADCAST, Pattern::HAND_OFF, Pattern::NOTIFY}}};
  return *specials;
}

}  // namespace

const v1::Mechanism* FindMechanism(const std::vector<v1::Mechanism>& mechanisms,
                                   const std::string& id) {
  const auto found = std::find_if(mechanisms.begin(), mechanisms.end(),
                                  [&](const Mechanism& each) { return each.id() == id; });
  return found == mechanisms.end() ? nullptr : &*found;
}

Selection Select(const MeasurePlan& plan, const std::vector<v1::Mechanism>& mechanisms) {
  Selection selection;
  for (const std::string& id : plan.mechanisms) {
    const Patterns patterns =
        plan.patterns.empty() ? OwnPatterns(FindMechanism(mechanisms, id)) : plan.patterns;
    for (const int64_t size : plan.sizes) AddItems(plan, id, size, patterns, selection.items);
  }
  if (plan.mechanisms.empty()) {
    for (const Mechanism& mechanism : mechanisms) AddFitting(plan, mechanism, selection);
  }
  if (plan.mechanisms.size() != 1) TellOptionless(plan, mechanisms, selection);
  return selection;
}

absl::Status CheckUse(const MeasurePlan& plan, const Selection& selection,
                      const std::vector<v1::Mechanism>& mechanisms) {
  const std::vector<MeasureItem>& items = selection.items;
  for (const Special& special : Specials()) {
    const bool used = std::any_of(items.begin(), items.end(), [&](const MeasureItem& item) {
      return IsAmong(item.pattern, special.patterns);
    });
    if (used || !special.is_set(plan.spec.measure())) continue;
    std::vector<std::string> names;
    for (const Pattern::Kind pattern : special.patterns) {
      names.push_back(LowerName(Pattern::Kind_Name(pattern)));
    }
    // The load of a sweep was not typed as a rate.
    const std::string flag = special.flag;
    const std::string typed = plan.knee && flag == "--rate" ? "--knee" : flag;
    return absl::InvalidArgumentError(absl::StrCat(
        typed, ": goes with ", absl::StrJoin(names, ", "), ", and none of these is measured"));
  }
  for (const auto& [name, value] : plan.spec.measure().options()) {
    // One mechanism is asked by the server, which knows what its options are.
    const bool used = std::any_of(items.begin(), items.end(), [&, &key = name](const auto& item) {
      const Mechanism* const mechanism = FindMechanism(mechanisms, item.mechanism);
      return mechanism != nullptr && HasOption(*mechanism, key);
    });
    if (used || plan.mechanisms.size() == 1) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--option: no mechanism that is measured has the option ", name));
  }
  return absl::OkStatus();
}

v1::ExperimentSpec SpecOf(const MeasurePlan& plan, const MeasureItem& item,
                          const v1::Mechanism* mechanism) {
  v1::ExperimentSpec spec = plan.spec;
  MeasureSpec& measure = *spec.mutable_measure();
  measure.set_mechanism(item.mechanism);
  measure.set_message_bytes(item.message_bytes);
  measure.set_pattern(item.pattern);
  measure.set_wait(item.wait);
  for (const Special& special : Specials()) {
    if (!IsAmong(item.pattern, special.patterns)) special.clear(measure);
  }
  if (plan.mechanisms.size() == 1 || mechanism == nullptr) return spec;
  for (const auto& [name, value] : plan.spec.measure().options()) {
    if (!HasOption(*mechanism, name)) measure.mutable_options()->erase(name);
  }
  return spec;
}

std::string ItemText(const MeasurePlan& plan, const MeasureItem& item) {
  std::string text = item.mechanism;
  if (item.message_bytes > 0) absl::StrAppend(&text, " ", SizeText(item.message_bytes));
  if (plan.patterns.size() != 1) {
    absl::StrAppend(&text, ", ", LowerName(Pattern::Kind_Name(item.pattern)));
  }
  if (plan.waits.size() > 1) {
    absl::StrAppend(&text, ", ", LowerName(MeasureSpec::Wait_Name(item.wait)));
  }
  return text;
}

}  // namespace ipclab::cli
