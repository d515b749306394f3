// From a validated plan to what the zygote is asked for: who the workers are and how they are
// linked. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "ipclab/internal/control.pb.h"
#include "server/validate.h"

namespace ipclab {

// The kinds of names that the experiment's links may create, link by link.
std::vector<internal::IpcName::Kind> NameKindsOf(const ExperimentPlan& plan);

// names: one per kind of NameKindsOf, in its order.
internal::Spawn PlanSpawn(uint64_t number, const ExperimentPlan& plan,
                          std::vector<internal::IpcName> names);

}  // namespace ipclab
