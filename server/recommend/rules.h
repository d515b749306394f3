// The rules of thumb by which a mechanism is chosen, as one table: when a rule speaks, which
// mechanisms it speaks of, how much it weighs, and its sentence. Data; pure.
//
// What rules out a mechanism altogether is no rule of thumb: see suitability.h.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "ipclab/v1/mechanism.pb.h"

namespace ipclab {

using Wanted = v1::RecommendMechanismRequest;

enum class Whether { kEither, kYes, kNo };

// What must be asked for. Left alone, a member is true of every request.
struct Occasion {
  int64_t least_bytes = 1;
  int64_t most_bytes = std::numeric_limits<int64_t>::max();
  double least_per_second = 0;
  Wanted::Direction direction = Wanted::DIRECTION_UNSPECIFIED;
  Wanted::Topology topology = Wanted::TOPOLOGY_UNSPECIFIED;
  Wanted::Priority priority = Wanted::PRIORITY_UNSPECIFIED;
  Whether unrelated = Whether::kEither;
  Whether network = Whether::kEither;
  Whether crash = Whether::kEither;
};

// What must be true of a mechanism. Left alone, a member is true of every one.
struct MechanismKind {
  std::array<std::string_view, 3> ids = {};  // it is one of these; only where no fact says it
  v1::Mechanism::Family family = v1::Mechanism::FAMILY_UNSPECIFIED;
  v1::Mechanism::Model model = v1::Mechanism::MODEL_UNSPECIFIED;
  v1::Mechanism::Interface interface = v1::Mechanism::INTERFACE_UNSPECIFIED;
  v1::Mechanism::Direction direction = v1::Mechanism::DIRECTION_UNSPECIFIED;
  v1::Mechanism::Scope scope = v1::Mechanism::SCOPE_UNSPECIFIED;
  v1::Mechanism::Sharing sharing = v1::Mechanism::SHARING_UNSPECIFIED;
  v1::Mechanism::Persistence persistence = v1::Mechanism::PERSISTENCE_UNSPECIFIED;
  Whether lossy = Whether::kEither;
  Whether needs_synchronisation = Whether::kEither;
};

struct Rule {
  Occasion when;
  MechanismKind of;
  int weight;  // below 0: it speaks against
  std::string_view sentence;
};

std::span<const Rule> Rules();

// wanted has its defaults filled in.
bool IsOccasion(const Occasion& when, const Wanted& wanted);
bool IsKind(const MechanismKind& kind, const v1::Mechanism& mechanism);

}  // namespace ipclab
