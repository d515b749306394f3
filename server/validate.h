// Validation of requests: everything at once, against the catalogue and the host, before anything
// starts.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/topology.h"
#include "ipclab/internal/control.pb.h"
#include "ipclab/v1/experiment.pb.h"
#include "ipclab/v1/experiment_service.pb.h"
#include "server/catalogue.h"
#include "server/complaints.h"
#include "server/crew_shape.h"
#include "server/limits.h"

namespace ipclab {

class ProgramShelf;
class RunQueue;
struct ProgramPlan;

// An experiment that may be started.
struct ExperimentPlan {
  v1::ExperimentSpec spec;                               // with every default filled in
  const internal::MechanismRecord* mechanism = nullptr;  // of a measurement
  std::shared_ptr<const ProgramPlan> program;            // null: it is a measurement
  std::shared_ptr<RunQueue> runs;  // of an exploration, whose workers these are; else null
  CrewShape shape;                 // of a program the workers alone, without a role
  std::vector<int> cpus;           // one per worker
  // How the CPUs of two workers are related; UNSPECIFIED for one worker.
  v1::Placement::Policy cpu_relation = v1::Placement::POLICY_UNSPECIFIED;
};

// INVALID_ARGUMENT with all violations, or FAILED_PRECONDITION with all that this host lacks.
// catalogue must outlive the plan.
absl::StatusOr<ExperimentPlan> ValidateCreate(const v1::CreateExperimentRequest& request,
                                              const Catalogue& catalogue,
                                              const ProgramShelf& programs,
                                              const Topology& topology, const Limits& limits);

// Complains of ids that a client may not choose; empty ones are fine.
void CheckNewIds(const std::string& experiment_id, const std::string& request_id,
                 Complaints& complaints);

// "experiments/{id}": the form only. INVALID_ARGUMENT that shows the right form.
absl::Status ValidateExperimentName(const std::string& name);

}  // namespace ipclab
