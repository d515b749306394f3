#include "server/recommend/recommend.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/complaints.h"
#include "server/recommend/measure_command.h"
#include "server/recommend/measured.h"
#include "server/recommend/ranking.h"
#include "server/recommend/rules.h"
#include "server/recommend/suitability.h"

namespace ipclab {
namespace {

// All violations of the request.
absl::Status CheckWanted(const Wanted& wanted) {
  Complaints complaints;
  const auto unknown = [&complaints](const char* field, int value) {
    complaints.Wrong(field, absl::StrCat("is ", value, ", which this server does not know"));
  };
  if (wanted.message_bytes() < 1) {
    complaints.Wrong("message_bytes",
                     absl::StrCat("is ", wanted.message_bytes(), ", must be 1 at least"));
  }
  if (!std::isfinite(wanted.per_second()) || wanted.per_second() < 0) {
    complaints.Wrong("per_second", "must be a number of messages in a second, or 0: not known");
  }
  if (!Wanted::Direction_IsValid(wanted.direction())) unknown("direction", wanted.direction());
  if (!Wanted::Topology_IsValid(wanted.topology())) unknown("topology", wanted.topology());
  if (!Wanted::Priority_IsValid(wanted.priority())) unknown("priority", wanted.priority());
  return complaints.violations.empty() ? absl::OkStatus() : InvalidRequest(complaints.violations);
}

Wanted WithDefaults(Wanted wanted) {
  if (wanted.direction() == Wanted::DIRECTION_UNSPECIFIED) wanted.set_direction(Wanted::TWO_WAY);
  if (wanted.topology() == Wanted::TOPOLOGY_UNSPECIFIED) wanted.set_topology(Wanted::ONE_TO_ONE);
  if (wanted.priority() == Wanted::PRIORITY_UNSPECIFIED) wanted.set_priority(Wanted::LATENCY);
  // Processes of two hosts have no parent in common; and no rule for one host's speaks of them.
  if (wanted.across_network()) wanted.set_unrelated_processes(true);
  return wanted;
}

v1::Recommendation ToProto(const Ranked& ranked, const Measured& measured, const Wanted& wanted) {
  v1::Recommendation message;
  const std::string& id = ranked.mechanism->id();
  message.set_mechanism(id);
  message.set_place_by_rules(ranked.place_by_rules);
  *message.mutable_reasons() = {ranked.reasons.begin(), ranked.reasons.end()};
  if (ranked.reasons.empty()) message.add_reasons("No rule speaks for it or against it.");
  for (std::string& caution : Cautions(*ranked.mechanism, wanted)) {
    message.add_cautions(std::move(caution));
  }
  const auto found = measured.figures.find(id);
  if (found == measured.figures.end()) return message;
  *message.mutable_measured() = found->second;
  if (measured.shifted.count(id) > 0) {
    message.add_cautions(
        "Its control differs from the others' by more than 25%: the platform was in another state, "
        "so its figures do not change its place. Measure it together with them.");
  } else if (measured.comparable.count(id) == 0) {
    message.add_cautions(
        "Its figures were taken otherwise than the others', so they do not change its place.");
  }
  if (wanted.across_network()) {
    message.add_cautions("Its figures are of this host's loopback: a network adds its own.");
  }
  return message;
}

}  // namespace

absl::StatusOr<v1::RecommendMechanismResponse> Recommend(
    const v1::RecommendMechanismRequest& request, const Catalogue& catalogue,
    const std::deque<Digest>& digests, const v1::Environment& here) {
  if (absl::Status status = CheckWanted(request); !status.ok()) return status;
  const Wanted wanted = WithDefaults(request);
  v1::RecommendMechanismResponse response;
  std::vector<const v1::Mechanism*> suitable;
  std::set<std::string> ids;
  for (const internal::MechanismRecord& record : catalogue.records()) {
    std::string why = WhyNot(record.mechanism(), wanted);
    if (why.empty()) {
      suitable.push_back(&record.mechanism());
      ids.insert(record.mechanism().id());
      continue;
    }
    v1::RejectedMechanism& rejected = *response.add_rejected();
    rejected.set_mechanism(record.mechanism().id());
    rejected.set_reason(std::move(why));
  }
  const Measured measured =
      Gather(digests, here, wanted, [&ids](const std::string& id) { return ids.count(id) > 0; });
  std::vector<Ranked> ranked = RankByRules(suitable, wanted);
  response.set_measure_command(MeasureCommand(ranked, measured, wanted));
  OrderByFigures(ranked, measured, wanted);
  for (const Ranked& each : ranked) {
    *response.add_recommendations() = ToProto(each, measured, wanted);
  }
  for (std::string& sentence : Disagreements(ranked, measured, wanted)) {
    response.add_disagreements(std::move(sentence));
  }
  return response;
}

}  // namespace ipclab
