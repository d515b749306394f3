#include "clients/cli/measure/comparing.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/experiment_text.h"
#include "clients/cli/measure/interval_text.h"
#include "clients/cli/measure/shifted_trials.h"
#include "clients/cli/parse.h"
#include "common/stats/percentile.h"

namespace ipclab::cli {
namespace {

constexpr std::array<std::pair<const char*, CompareBy>, 4> kFigureNames = {
    {{"p50", CompareBy::kP50},
     {"p99", CompareBy::kP99},
     {"rate", CompareBy::kRate},
     {"cpu", CompareBy::kCpu}}};

std::optional<double> ValueOf(const TrialFigures& figures, CompareBy by) {
  switch (by) {
    case CompareBy::kRate:
      return figures.messages_per_second;
    case CompareBy::kCpu:
      return figures.cpu_nanos_per_message;
    case CompareBy::kP99:
      return figures.p99 ? std::optional<double>(static_cast<double>(*figures.p99)) : std::nullopt;
    default:
      return figures.p50 ? std::optional<double>(static_cast<double>(*figures.p50)) : std::nullopt;
  }
}

// One value for each trial that can be trusted.
std::vector<double> TrialValues(const Measurement& measurement, CompareBy by) {
  std::vector<double> values;
  if (measurement.all_shifted) return values;
  for (const Trial& trial : measurement.runs) {
    if (!trial.left_out.empty()) continue;
    if (const auto value = ValueOf(FiguresOfTrial(trial), by)) values.push_back(*value);
  }
  return values;
}

// Why it has no such figure of every trial; empty where it has.
std::string LackingOf(const Measurement& measurement, CompareBy by) {
  if (measurement.all_shifted) return "the control moved in every trial";
  const auto values = std::ssize(TrialValues(measurement, by));
  if (values == 0 && CountUsed(measurement.runs) == 0) return "no trial can be used";
  if (values == CountUsed(measurement.runs)) return "";
  if (by == CompareBy::kP99) {
    return absl::StrCat("p99 needs ", stats::NeededCount(99), " messages in each trial");
  }
  return absl::StrCat("not every trial has a ", FigureText(by, measurement.spec.pattern()));
}

// What is to be compared with what; and where it cannot be, why.
struct Planned {
  stats::Pair pair;
  std::string lacking;
};

stats::Pair PairOf(const Measurement& a, const Measurement& b, CompareBy by) {
  return {.a = TrialValues(a, by),
          .b = TrialValues(b, by),
          .better = by == CompareBy::kRate ? stats::Better::kMore : stats::Better::kLess};
}

Planned PlannedPair(const Measurement& a, const Measurement& b, CompareBy by) {
  std::string lacking = LackingOf(a, by);
  if (lacking.empty()) lacking = LackingOf(b, by);
  return {.pair = PairOf(a, b, by), .lacking = std::move(lacking)};
}

// Of those that can be compared what is found; what cannot be is no part of the table.
std::vector<stats::Comparison> CompareWhatCanBe(const std::vector<Planned>& planned,
                                                double threshold) {
  std::vector<stats::Pair> pairs;
  for (const Planned& each : planned) {
    if (each.lacking.empty()) pairs.push_back(each.pair);
  }
  const std::vector<stats::Comparison> found = stats::Compare(pairs, threshold);
  std::vector<stats::Comparison> all;
  auto next = found.begin();
  for (const Planned& each : planned) {
    all.push_back(each.lacking.empty() ? *next++ : stats::Comparison());
  }
  return all;
}

bool Alike(const v1::MeasureSpec& a, const v1::MeasureSpec& b) {
  return a.message_bytes() == b.message_bytes() && a.pattern() == b.pattern() &&
         a.wait() == b.wait();
}

std::string ReferenceName(const v1::MeasureSpec& reference, const v1::MeasureSpec& spec) {
  std::string name = SubjectText(reference);
  if (reference.wait() != spec.wait()) {
    absl::StrAppend(&name, " ", LowerName(v1::MeasureSpec::Wait_Name(reference.wait())));
  }
  return name;
}

bool ControlsDiffer(std::optional<int64_t> a, std::optional<int64_t> b) {
  if (!a || !b || *a <= 0 || *b <= 0) return false;
  return static_cast<double>(std::max(*a, *b)) >
         (1 + kControlShift) * static_cast<double>(std::min(*a, *b));
}

void WarnOfTooFew(Measurement& each) {
  Sighting& sighting = each.sightings[v1::Result::TOO_FEW_TRIALS];
  sighting.trials = each.trials;
  each.warnings.clear();
  for (const auto& [warning, seen] : each.sightings) each.warnings.push_back(warning);
}

}  // namespace

absl::StatusOr<CompareBy> ParseCompareBy(const std::string& text) {
  if (text.empty()) return CompareBy::kOwn;
  for (const auto& [name, by] : kFigureNames) {
    if (text == name) return by;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\" is no figure to compare by: use p50, p99, rate or cpu"));
}

CompareBy FigureFor(CompareBy asked, const v1::MeasureSpec& spec) {
  if (asked != CompareBy::kOwn) return asked;
  switch (spec.pattern()) {
    case v1::Pattern::STREAM:
    case v1::Pattern::FAN_IN:
    case v1::Pattern::FAN_OUT:
    case v1::Pattern::BROADCAST:
      return spec.has_load() ? CompareBy::kP50 : CompareBy::kRate;
    default:
      return CompareBy::kP50;
  }
}

std::vector<std::optional<size_t>> ReferencesOf(const std::vector<v1::MeasureSpec>& specs) {
  const auto all = [&](const std::function<bool(const v1::MeasureSpec&)>& holds) {
    return std::all_of(specs.begin(), specs.end(), holds);
  };
  const bool one_mechanism =
      all([&](const auto& spec) { return spec.mechanism() == specs[0].mechanism(); });
  const bool one_wait = all([&](const auto& spec) { return spec.wait() == specs[0].wait(); });
  const auto is_reference = [&](const v1::MeasureSpec& other, const v1::MeasureSpec& spec) {
    if (!one_mechanism) return other.mechanism() == specs[0].mechanism() && Alike(other, spec);
    return other.pattern() == spec.pattern() &&
           (one_wait || other.message_bytes() == spec.message_bytes());
  };
  std::vector<std::optional<size_t>> references(specs.size());
  for (size_t i = 0; i < specs.size(); ++i) {
    const auto found = std::find_if(specs.begin(), specs.end(), [&](const auto& other) {
      return is_reference(other, specs[i]);
    });
    const auto at = static_cast<size_t>(found - specs.begin());
    if (at < specs.size() && at != i) references[i] = at;
  }
  return references;
}

void CompareAll(std::vector<Measurement>& measurements, CompareBy by, double noise_floor) {
  std::vector<v1::MeasureSpec> specs;
  for (const Measurement& each : measurements) specs.push_back(each.spec);
  const auto references = ReferencesOf(specs);
  const double threshold = std::max(stats::kPracticalThreshold, noise_floor);
  std::vector<size_t> compared;
  std::vector<Planned> planned;
  for (size_t i = 0; i < measurements.size(); ++i) {
    if (!references[i]) continue;
    Measurement& reference = measurements[*references[i]];
    if (measurements[i].trials == 0 || reference.trials == 0) continue;
    reference.is_reference = true;
    compared.push_back(i);
    planned.push_back(PlannedPair(reference, measurements[i], FigureFor(by, specs[i])));
  }
  const std::vector<stats::Comparison> found = CompareWhatCanBe(planned, threshold);
  for (size_t i = 0; i < compared.size(); ++i) {
    Measurement& each = measurements[compared[i]];
    each.comparison = {.to = ReferenceName(specs[*references[compared[i]]], each.spec),
                       .by = FigureFor(by, each.spec),
                       .found = found[i],
                       .lacking = planned[i].lacking,
                       .threshold = threshold};
    each.comparison->other_platform =
        ControlsDiffer(measurements[*references[compared[i]]].control_nanos, each.control_nanos);
    const bool too_few = found[i].verdict == stats::Verdict::kTooFewTrials;
    if (too_few && planned[i].lacking.empty()) WarnOfTooFew(each);
  }
}

void CompareTwins(std::vector<Measurement>& measurements, const std::vector<Measurement>& twins,
                  CompareBy by) {
  std::vector<size_t> compared;
  std::vector<Planned> planned;
  for (size_t i = 0; i < measurements.size(); ++i) {
    if (measurements[i].trials == 0 || twins[i].trials == 0) continue;
    compared.push_back(i);
    planned.push_back(PlannedPair(measurements[i], twins[i], FigureFor(by, measurements[i].spec)));
  }
  const std::vector<stats::Comparison> found =
      CompareWhatCanBe(planned, stats::kPracticalThreshold);
  for (size_t i = 0; i < compared.size(); ++i) {
    Measurement& each = measurements[compared[i]];
    each.noise_floor = {.to = "itself",
                        .by = FigureFor(by, each.spec),
                        .found = found[i],
                        .lacking = planned[i].lacking};
  }
}

double NoiseSeen(const std::vector<Measurement>& measurements) {
  double most = 0;
  for (const Measurement& each : measurements) {
    if (!each.noise_floor || each.noise_floor->found.ratio <= 0) continue;
    const double ratio = each.noise_floor->found.ratio;
    most = std::max(most, std::max(ratio, 1 / ratio) - 1);
  }
  return most;
}

}  // namespace ipclab::cli
