#include "clients/cli/measure/measure_plan.h"

#include <algorithm>
#include <random>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/measure/comparing.h"
#include "clients/cli/parse.h"
#include "clients/cli/units.h"
#include "google/protobuf/util/time_util.h"

namespace ipclab::cli {
namespace {

constexpr char kDefaultDuration[] = "1s";
// Of every mechanism: all together should take a minute or two.
constexpr char kDefaultDurationOfAll[] = "300ms";
constexpr int kMostTrials = 10'000;
constexpr int kTrials = 3;
constexpr int kTrialsToCompare = 10;
constexpr int kLeastToCompare = 2;
// A seed that nobody gave has few digits, so that it can be typed again.
constexpr int64_t kMostChosenSeed = 999'999;

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
  if (!flags.pattern.empty()) {
    const auto patterns = ParsePatterns(flags.pattern);
    if (!patterns.ok()) return Named("--pattern", patterns.status());
    plan.patterns = *patterns;
  }
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

absl::Status ReadLoad(const MeasureFlags& flags, MeasurePlan& plan) {
  const std::string arrivals = flags.arrivals.empty() ? "fixed" : flags.arrivals;
  if (arrivals != "fixed" && arrivals != "poisson") {
    return absl::InvalidArgumentError(
        absl::StrCat("--arrivals: \"", arrivals, "\" is none: use fixed or poisson"));
  }
  if (flags.knee && !flags.rate.empty()) {
    return absl::InvalidArgumentError("--rate: not with --knee, which tries many rates");
  }
  if (flags.rate.empty() && !flags.knee) {
    if (flags.arrivals.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError("--arrivals: goes with --rate or --knee");
  }
  v1::Load& load = *plan.spec.mutable_measure()->mutable_load();
  load.set_arrivals(arrivals == "fixed" ? v1::Load::FIXED : v1::Load::POISSON);
  if (load.arrivals() == v1::Load::POISSON) load.set_seed(static_cast<int64_t>(plan.seed));
  if (flags.knee) return absl::OkStatus();  // its rates come when the capacity is known
  const absl::StatusOr<double> rate = ParseRate(flags.rate);
  if (!rate.ok()) return Named("--rate", rate.status());
  load.set_per_second(*rate);
  return absl::OkStatus();
}

absl::Status ReadTrials(const MeasureFlags& flags, MeasurePlan& plan) {
  plan.trials =
      flags.trials.value_or(flags.compare || flags.noise_floor ? kTrialsToCompare : kTrials);
  if (plan.trials < 1 || plan.trials > kMostTrials) {
    return absl::InvalidArgumentError(absl::StrCat("--trials: 1 to ", kMostTrials));
  }
  // All together is to end soon, whatever the host does.
  plan.trials_again = flags.all && !flags.compare ? 1 : plan.trials;
  if (flags.seed < 0) return absl::InvalidArgumentError("--seed: a number above 0");
  std::random_device random;
  plan.seed = flags.seed > 0 ? static_cast<uint64_t>(flags.seed)
                             : random() % static_cast<uint64_t>(kMostChosenSeed) + 1;
  return absl::OkStatus();
}

absl::Status ReadComparison(const MeasureFlags& flags, MeasurePlan& plan) {
  plan.compare = flags.compare;
  plan.noise_floor = flags.noise_floor;
  plan.floor = !flags.no_floor;
  plan.knee = flags.knee;
  plan.keep = flags.keep;
  if (flags.knee && (flags.compare || flags.noise_floor)) {
    return absl::InvalidArgumentError(
        "--knee: not with --compare or --noise-floor, which are about one load");
  }
  if (flags.compare && plan.trials < kLeastToCompare) {
    return absl::InvalidArgumentError(absl::StrCat("--compare: --trials ", kLeastToCompare,
                                                   " or more are needed, and ", kTrialsToCompare,
                                                   " are better"));
  }
  if (!flags.by.empty() && !flags.compare && !flags.noise_floor) {
    return absl::InvalidArgumentError("--by: goes with --compare or --noise-floor");
  }
  const absl::StatusOr<CompareBy> by = ParseCompareBy(flags.by);
  if (!by.ok()) return Named("--by", by.status());
  plan.by = *by;
  return absl::OkStatus();
}

absl::Status ReadWorkers(const MeasureFlags& flags, v1::MeasureSpec& measure) {
  measure.set_senders(flags.senders);
  measure.set_receivers(flags.receivers);
  measure.set_workers(flags.workers);
  measure.set_time_every(flags.time_every);
  if (flags.time_every > 1 && measure.has_load()) {
    return absl::InvalidArgumentError(
        "--time-every: not with --rate, where every message is due at a time of its own");
  }
  if (flags.critical_section.empty()) return absl::OkStatus();
  const bool none = flags.critical_section == "0";
  const absl::StatusOr<absl::Duration> time =
      none ? absl::ZeroDuration() : ParseDuration(flags.critical_section);
  if (!time.ok() || *time > absl::Seconds(1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--critical-section: \"", flags.critical_section,
                     "\" is no time to hold a lock: use 0, 500ns, 10us or 1ms, a second at most"));
  }
  *measure.mutable_critical_section() =
      google::protobuf::util::TimeUtil::NanosecondsToDuration(absl::ToInt64Nanoseconds(*time));
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckKeep(const MeasurePlan& plan, bool is_private) {
  if (!plan.keep || !is_private) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "--keep: no server runs here, and the one that measures would end with this command and keep "
      "nothing: start one with `ipclabd` or `./lab up`, or name one with --server");
}

absl::StatusOr<MeasurePlan> ReadMeasureFlags(const MeasureFlags& flags) {
  MeasurePlan plan;
  plan.mechanisms = flags.mechanisms;
  plan.spec.set_start(v1::ExperimentSpec::RUN);
  for (const absl::Status& status :
       {ReadMechanisms(flags), ReadTrials(flags, plan), ReadComparison(flags, plan),
        ReadTraffic(flags, plan), ReadAmount(flags, plan),
        ReadOptions(flags, *plan.spec.mutable_measure()), ReadLoad(flags, plan),
        ReadWorkers(flags, *plan.spec.mutable_measure())}) {
    if (!status.ok()) return status;
  }
  return plan;
}

}  // namespace ipclab::cli
