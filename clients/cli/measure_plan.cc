#include "clients/cli/measure_plan.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/parse.h"
#include "clients/cli/units.h"
#include "google/protobuf/util/time_util.h"

namespace ipclab::cli {
namespace {

constexpr char kDefaultDuration[] = "1s";
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
      ParseDuration(flags.duration.empty() ? kDefaultDuration : flags.duration);
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
  const auto pattern = ParsePattern(flags.pattern);
  if (!pattern.ok()) return Named("--pattern", pattern.status());
  measure.set_pattern(*pattern);
  const auto wait = ParseWait(flags.wait);
  if (!wait.ok()) return Named("--wait", wait.status());
  measure.set_wait(*wait);
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
      items.push_back({.mechanism = mechanism, .message_bytes = size});
    }
  }
  return items;
}

std::vector<MeasureItem> ItemsOf(const MeasurePlan& plan,
                                 const std::vector<v1::Mechanism>& mechanisms) {
  std::vector<MeasureItem> items;
  for (const v1::Mechanism& mechanism : mechanisms) {
    const auto& patterns = mechanism.patterns();
    const bool carries = std::find(patterns.begin(), patterns.end(),
                                   plan.spec.measure().pattern()) != patterns.end();
    if (!mechanism.available() || !carries) continue;
    for (const int64_t size : plan.sizes) {
      const int64_t most = mechanism.max_message_bytes();
      if (most > 0 && size > most) continue;
      items.push_back({.mechanism = mechanism.id(), .message_bytes = size});
    }
  }
  return items;
}

v1::ExperimentSpec SpecOf(const MeasurePlan& plan, const MeasureItem& item) {
  v1::ExperimentSpec spec = plan.spec;
  spec.mutable_measure()->set_mechanism(item.mechanism);
  spec.mutable_measure()->set_message_bytes(item.message_bytes);
  return spec;
}

}  // namespace ipclab::cli
