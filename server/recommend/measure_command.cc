#include "server/recommend/measure_command.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/recommend/suitability.h"

namespace ipclab {
namespace {

constexpr size_t kBest = 3;
constexpr double kUsualRate = 1000;
constexpr int kSendersOfACrowd = 2;  // as many as a measurement has unless told otherwise

// Only these do for N:M: over a link for each pair there is no one object to take from.
bool CanBeMeasured(const v1::Mechanism& mechanism, const Wanted& wanted,
                   v1::Pattern::Kind pattern) {
  if (wanted.topology() == Wanted::MANY_TO_MANY &&
      mechanism.sharing() != v1::Mechanism::MANY_TO_MANY) {
    return false;
  }
  return std::find(mechanism.patterns().begin(), mechanism.patterns().end(), pattern) !=
         mechanism.patterns().end();
}

// What the pattern can carry and time: a sequence number where many share, and the moment of its
// sending where one way is timed.
int64_t MeasurableBytes(const Wanted& wanted) {
  const int64_t least = NeedsRate(wanted) ? 16 : wanted.topology() == Wanted::ONE_TO_ONE ? 1 : 8;
  return std::max(wanted.message_bytes(), least);
}

std::string RateFlag(const Wanted& wanted, v1::Pattern::Kind pattern) {
  if (!NeedsRate(wanted)) return "";
  const double rate = wanted.per_second() > 0 ? wanted.per_second() : kUsualRate;
  const double of_each = pattern == v1::Pattern::FAN_IN ? rate / kSendersOfACrowd : rate;
  return absl::StrFormat(" --rate %.10g", of_each);
}

}  // namespace

std::string MeasureCommand(const std::vector<Ranked>& ranked, const Measured& measured,
                           const Wanted& wanted) {
  const v1::Pattern::Kind pattern = PatternsFor(wanted).front();
  std::vector<const v1::Mechanism*> chosen;
  std::set<v1::Mechanism::Model> models;
  for (const Ranked& each : ranked) {
    const v1::Mechanism& mechanism = *each.mechanism;
    if (!CanBeMeasured(mechanism, wanted, pattern)) continue;
    if (chosen.size() >= kBest && (models.size() > 1 || models.count(mechanism.model()) > 0)) {
      continue;
    }
    chosen.push_back(&mechanism);
    models.insert(mechanism.model());
  }
  const bool all_measured = std::all_of(
      chosen.begin(), chosen.end(),
      [&measured](const v1::Mechanism* each) { return measured.comparable.count(each->id()) > 0; });
  if (all_measured) return "";
  std::string command = "ipclab measure";
  for (const v1::Mechanism* each : chosen) absl::StrAppend(&command, " ", each->id());
  absl::StrAppend(&command, " --bytes ", MeasurableBytes(wanted), " --pattern ",
                  absl::AsciiStrToLower(v1::Pattern::Kind_Name(pattern)));
  if (wanted.topology() == Wanted::MANY_TO_MANY) absl::StrAppend(&command, " --receivers 2");
  return absl::StrCat(command, RateFlag(wanted, pattern), " --compare");
}

}  // namespace ipclab
