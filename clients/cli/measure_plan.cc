#include "clients/cli/measure_plan.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/parse.h"
#include "clients/cli/units.h"
#include "google/protobuf/util/time_util.h"

namespace ipclab::cli {
namespace {

constexpr char kDefaultDuration[] = "1s";
// Of every mechanism in every pattern: all together should take a minute or two.
constexpr char kDefaultDurationOfAll[] = "300ms";
constexpr int kMostTrials = 10'000;

absl::Status Named(const std::string& flag, const absl::Status& status) {
  return absl::InvalidArgumentError(absl::StrCat(flag, ": ", std::string(status.message())));
}

// A count of messages, which takes the units of a rate: "100000" or "100k" in thousands.
absl::StatusOr<int64_t> ReadCount(const std::string& flag, const std::string& text, int64_t least) {
  const std::string lower = absl::AsciiStrToLower(text);
  const int64_t unit = lower.ends_with('k') ? 1'000 : lower.ends_with('m') ? 1'000'000 : 1;
  int64_t number = 0;
  const std::string digits = lower.substr(0, lower.size() - (unit > 1 ? 1 : 0));
  if (!absl::SimpleAtoi(digits, &number) || number < least ||
      number > int64_t{1'000'000'000'000} / unit) {
    return absl::InvalidArgumentError(absl::StrCat(flag, ": \"", text,
                                                   "\" is no number of messages: use ", least,
                                                   " or more, as in 100000, 100k or 1M"));
  }
  return number * unit;
}

absl::Status ReadMechanisms(const MeasureFlags& flags) {
  if (flags.all && !flags.mechanisms.empty()) {
    return absl::InvalidArgumentError("--all: leave it out, or the names of the mechanisms");
  }
  if (!flags.all && flags.mechanisms.empty()) {
    return absl::InvalidArgumentError(
        "which mechanism? Name one or more, or --all; `ipclab mechanisms` lists them");
  }
  for (const std::string& id : flags.mechanisms) {
    const bool printable = std::all_of(id.begin(), id.end(), [](char c) {
      return absl::ascii_isgraph(static_cast<unsigned char>(c));
    });
    if (id.empty() || !printable) {
      return absl::InvalidArgumentError("a mechanism's id is printable and has no spaces");
    }
  }
  return absl::OkStatus();
}

absl::Status ReadAmount(const MeasureFlags& flags, MeasurePlan& plan) {
  v1::MeasureSpec& measure = *plan.spec.mutable_measure();
  if (!flags.messages.empty() && !flags.duration.empty()) {
    return absl::InvalidArgumentError("--messages and --duration: one of them");
  }
  if (!flags.messages.empty()) {
    const absl::StatusOr<int64_t> messages = ReadCount("--messages", flags.messages, 1);
    if (!messages.ok()) return messages.status();
    measure.set_messages(*messages);
    plan.amount = absl::StrCat(*messages, *messages == 1 ? " message" : " messages");
    return absl::OkStatus();
  }
  const absl::StatusOr<absl::Duration> duration =
      ParseDuration(!flags.duration.empty() ? flags.duration
                    : flags.all             ? kDefaultDurationOfAll
                                            : kDefaultDuration);
  if (!duration.ok()) return Named("--duration", duration.status());
  const int64_t nanos = absl::ToInt64Nanoseconds(*duration);
  *measure.mutable_duration() = google::protobuf::util::TimeUtil::NanosecondsToDuration(nanos);
  plan.amount = DurationText(nanos);
  return absl::OkStatus();
}

absl::Status ReadOptions(const MeasureFlags& flags, v1::MeasureSpec& measure) {
  for (const std::string& text : flags.options) {
    const auto option = ParseOption(text);
    if (!option.ok()) return Named("--option", option.status());
    const auto [where, added] = measure.mutable_options()->insert({option->first, option->second});
    if (!added) {
      return absl::InvalidArgumentError(
          absl::StrCat("--option: ", option->first, " is there twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadTraffic(const MeasureFlags& flags, MeasurePlan& plan) {
  v1::MeasureSpec& measure = *plan.spec.mutable_measure();
  const auto sizes = ParseSizes(flags.bytes);
  if (!sizes.ok()) return Named("--bytes", sizes.status());
  plan.sizes = *sizes;
  const auto patterns = ParsePatterns(!flags.pattern.empty() ? flags.pattern
                                      : flags.all            ? "round_trip,stream"
                                                             : "round_trip");
  if (!patterns.ok()) return Named("--pattern", patterns.status());
  plan.patterns = *patterns;
  const auto waits = ParseWaits(flags.wait);
  if (!waits.ok()) return Named("--wait", waits.status());
  plan.waits = *waits;
  measure.set_verify_payload(flags.verify);
  if (!flags.warm_up.empty()) {
    const auto warm_up = ReadCount("--warm-up", flags.warm_up, 0);
    if (!warm_up.ok()) return warm_up.status();
    measure.set_warm_up_messages(*warm_up);
  }
  if (flags.placement.empty()) return absl::OkStatus();
  const auto placement = ParsePlacement(flags.placement);
  if (!placement.ok()) return Named("--placement", placement.status());
  *plan.spec.mutable_placement() = *placement;
  return absl::OkStatus();
}

void AddItems(const MeasurePlan& plan, const std::string& mechanism, int64_t size,
              const std::vector<v1::Pattern::Kind>& patterns, std::vector<MeasureItem>& items) {
  for (const v1::Pattern::Kind pattern : patterns) {
    for (const v1::MeasureSpec::Wait wait : plan.waits) {
      items.push_back(
          {.mechanism = mechanism, .message_bytes = size, .pattern = pattern, .wait = wait});
    }
  }
}

// Those of the plan's patterns that the mechanism carries.
std::vector<v1::Pattern::Kind> Carried(const MeasurePlan& plan, const v1::Mechanism& mechanism) {
  std::vector<v1::Pattern::Kind> patterns;
  std::copy_if(plan.patterns.begin(), plan.patterns.end(), std::back_inserter(patterns),
               [&](v1::Pattern::Kind pattern) {
                 const auto& carried = mechanism.patterns();
                 return std::find(carried.begin(), carried.end(), pattern) != carried.end();
               });
  return patterns;
}

std::string TooLargeText(const v1::Mechanism& mechanism, const std::vector<std::string>& sizes) {
  const std::string& means = mechanism.max_message_changed_by();
  return absl::StrCat("no ", absl::StrJoin(sizes, ", "), ": it takes ",
                      SizeText(mechanism.max_message_bytes()), " at most here",
                      means.empty() ? "" : absl::StrCat("; raise it with ", means));
}

}  // namespace

absl::StatusOr<MeasurePlan> ReadMeasureFlags(const MeasureFlags& flags) {
  MeasurePlan plan;
  plan.mechanisms = flags.mechanisms;
  plan.trials = flags.trials;
  plan.spec.set_start(v1::ExperimentSpec::RUN);
  if (flags.trials < 1 || flags.trials > kMostTrials) {
    return absl::InvalidArgumentError(absl::StrCat("--trials: 1 to ", kMostTrials));
  }
  for (const absl::Status& status :
       {ReadMechanisms(flags), ReadTraffic(flags, plan), ReadAmount(flags, plan),
        ReadOptions(flags, *plan.spec.mutable_measure())}) {
    if (!status.ok()) return status;
  }
  return plan;
}

std::vector<MeasureItem> ItemsOf(const MeasurePlan& plan) {
  std::vector<MeasureItem> items;
  for (const std::string& mechanism : plan.mechanisms) {
    for (const int64_t size : plan.sizes) {
      AddItems(plan, mechanism, size, plan.patterns, items);
    }
  }
  return items;
}

Selection SelectFrom(const MeasurePlan& plan, const std::vector<v1::Mechanism>& mechanisms) {
  Selection selection;
  for (const v1::Mechanism& mechanism : mechanisms) {
    const auto leave_out = [&](std::string reason) {
      selection.left_out.push_back({mechanism.id(), std::move(reason)});
    };
    if (!mechanism.available()) {
      leave_out(mechanism.unavailable_reason());
      continue;
    }
    const std::vector<v1::Pattern::Kind> patterns = Carried(plan, mechanism);
    if (patterns.empty()) {
      leave_out("it does not carry this pattern");
      continue;
    }
    std::vector<std::string> too_large;
    for (const int64_t size : plan.sizes) {
      const int64_t most = mechanism.max_message_bytes();
      if (most > 0 && size > most) {
        too_large.push_back(SizeText(size));
      } else {
        AddItems(plan, mechanism.id(), size, patterns, selection.items);
      }
    }
    if (!too_large.empty()) leave_out(TooLargeText(mechanism, too_large));
  }
  return selection;
}

v1::ExperimentSpec SpecOf(const MeasurePlan& plan, const MeasureItem& item) {
  v1::ExperimentSpec spec = plan.spec;
  v1::MeasureSpec& measure = *spec.mutable_measure();
  measure.set_mechanism(item.mechanism);
  measure.set_message_bytes(item.message_bytes);
  measure.set_pattern(item.pattern);
  measure.set_wait(item.wait);
  return spec;
}

std::string ItemText(const MeasurePlan& plan, const MeasureItem& item) {
  std::string text = absl::StrCat(item.mechanism, " ", SizeText(item.message_bytes));
  if (plan.patterns.size() > 1) {
    absl::StrAppend(&text, ", ", LowerName(v1::Pattern::Kind_Name(item.pattern)));
  }
  if (plan.waits.size() > 1) {
    absl::StrAppend(&text, ", ", LowerName(v1::MeasureSpec::Wait_Name(item.wait)));
  }
  return text;
}

}  // namespace ipclab::cli
