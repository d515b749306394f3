#include "server/recommend/digest.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "server/catalogue.h"

namespace ipclab {
namespace {

using v1::Pattern;
using v1::Result;

bool IsAskedFor(Pattern::Kind pattern) {
  switch (pattern) {
    case Pattern::ROUND_TRIP:
    case Pattern::STREAM:
    case Pattern::FAN_IN:
    case Pattern::FAN_OUT:
    case Pattern::BROADCAST:
      return true;
    default:
      return false;
  }
}

// Figures of two platforms, of a CPU that was not the workers' own, or of a rate that was not
// reached, are of nothing that could be asked for.
bool IsSpoilt(const Result& result) {
  return std::any_of(result.warnings().begin(), result.warnings().end(), [](int warning) {
    return warning == Result::PLATFORM_SHIFTED || warning == Result::SHARED_CPUS ||
           warning == Result::MIGRATED || warning == Result::SPIN_ON_ONE_CPU ||
           warning == Result::BEHIND_SCHEDULE;
  });
}

int64_t Percent(const v1::Latency& latency, double percent) {
  for (const v1::Percentile& each : latency.percentiles()) {
    if (each.percent() == percent) return each.nanos();
  }
  return 0;
}

std::string PlacementWords(const v1::Placement& placement) {
  if (placement.policy() == v1::Placement::EXPLICIT) {
    return absl::StrCat("CPUs ", absl::StrJoin(placement.cpus(), ","));
  }
  return absl::AsciiStrToLower(v1::Placement::Policy_Name(placement.policy()));
}

// Options that are not as they are unless somebody says so. By name: a map has no order.
std::vector<std::string> ChangedOptions(const v1::MeasureSpec& measure,
                                        const v1::Mechanism& mechanism) {
  std::vector<std::string> changed;
  for (const v1::Option& option : mechanism.options()) {
    const auto given = measure.options().find(option.name());
    if (given == measure.options().end() || given->second == option.default_value()) continue;
    changed.push_back(absl::StrCat(option.name(), "=", given->second));
  }
  return changed;
}

std::string Circumstances(const v1::ExperimentSpec& spec, const v1::Mechanism& mechanism) {
  const v1::MeasureSpec& measure = spec.measure();
  std::vector<std::string> words = {
      absl::AsciiStrToLower(v1::MeasureSpec::Wait_Name(measure.wait())),
      PlacementWords(spec.placement())};
  if (measure.senders() + measure.receivers() > 2) {
    words.push_back(absl::StrCat(measure.senders(), ":", measure.receivers()));
  }
  if (measure.has_load()) {
    const bool by_chance = measure.load().arrivals() == v1::Load::POISSON;
    words.push_back(absl::StrFormat("%.10g messages due in a second%s", measure.load().per_second(),
                                    by_chance ? " by chance" : ""));
  }
  if (measure.verify_payload()) words.emplace_back("contents checked");
  for (std::string& option : ChangedOptions(measure, mechanism)) {
    words.push_back(std::move(option));
  }
  return absl::StrJoin(words, ", ");
}

}  // namespace

bool Digest::SameKey(const Digest& other) const {
  return message_bytes == other.message_bytes && pattern == other.pattern &&
         mechanism == other.mechanism && circumstances == other.circumstances &&
         host_class == other.host_class && kernel == other.kernel;
}

v1::Latency::Kind LatencyKindOf(Pattern::Kind pattern) {
  return pattern == Pattern::ROUND_TRIP ? v1::Latency::ROUND_TRIP : v1::Latency::ONE_WAY;
}

std::optional<Digest> DigestOf(const v1::Experiment& experiment, const Catalogue& catalogue) {
  const v1::MeasureSpec& measure = experiment.spec().measure();
  const Result& result = experiment.result();
  const v1::Metrics& metrics = result.metrics();
  const internal::MechanismRecord* const record = catalogue.Find(measure.mechanism());
  if (experiment.state() != v1::Experiment::SUCCEEDED || record == nullptr ||
      record->mechanism().loopback() || !IsAskedFor(measure.pattern()) || IsSpoilt(result) ||
      metrics.stepped() || metrics.total().messages() == 0) {
    return std::nullopt;
  }
  Digest digest = {.mechanism = measure.mechanism(),
                   .pattern = measure.pattern(),
                   .message_bytes = measure.message_bytes(),
                   .host_class = result.environment().host_class(),
                   .kernel = result.environment().kernel(),
                   .circumstances = Circumstances(experiment.spec(), record->mechanism()),
                   .experiment = experiment.name(),
                   .per_second = measure.load().per_second() * std::max(measure.senders(), 1),
                   .receivers = measure.receivers(),
                   .messages_per_second = metrics.messages_per_second()};
  for (const v1::Latency& latency : metrics.latencies()) {
    if (latency.kind() != LatencyKindOf(measure.pattern())) continue;
    digest.p50_nanos = Percent(latency, 50);
    digest.p99_nanos = Percent(latency, 99);
  }
  const v1::Counters& total = metrics.total();
  digest.cpu_nanos_per_message =
      (total.cpu_user_nanos() + total.cpu_system_nanos()) / total.messages();
  digest.control_nanos = (result.control_before_nanos() + result.control_after_nanos()) / 2;
  return digest;
}

}  // namespace ipclab
