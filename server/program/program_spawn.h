// From a validated plan to what the zygote is asked for, of measurements and programs alike. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ipclab/internal/control.pb.h"
#include "server/validate.h"

namespace ipclab {

// The room that the workers of a program need behind their pages.
int64_t ExtraBytesOf(const ExperimentPlan& plan);

// The kinds of names that the experiment may create.
std::vector<internal::IpcName::Kind> NamesNeeded(const ExperimentPlan& plan);

// names: one per kind of NamesNeeded, in its order.
internal::Spawn SpawnOf(uint64_t number, const ExperimentPlan& plan,
                        std::vector<internal::IpcName> names);

// What each worker does, as clients see it: "initiator", or its name in the program: "P[0]".
std::vector<std::string> RolesOf(const ExperimentPlan& plan);

// How errors name each worker: "worker 0 (initiator)", "worker A (P[0])".
std::vector<std::string> WorkerNamesOf(const ExperimentPlan& plan);

}  // namespace ipclab
