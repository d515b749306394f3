// Answers MechanismService.RecommendMechanism: what suits, best first, and why. Pure, so that it
// can be asked for anything; bounded work: the catalogue times the rules, and one look at each
// digest.
#pragma once

#include <deque>

#include "absl/status/statusor.h"
#include "ipclab/v1/mechanism.pb.h"
#include "ipclab/v1/system.pb.h"
#include "server/catalogue.h"
#include "server/recommend/digest.h"

namespace ipclab {

// INVALID_ARGUMENT with all violations. here is the host as it is now: digests of other ones do not
// count.
absl::StatusOr<v1::RecommendMechanismResponse> Recommend(
    const v1::RecommendMechanismRequest& request, const Catalogue& catalogue,
    const std::deque<Digest>& digests, const v1::Environment& here);

}  // namespace ipclab
