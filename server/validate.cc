#include "server/validate.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/complaints.h"
#include "server/errors.h"
#include "server/placement.h"
#include "server/program/program_plan.h"
#include "server/program/validate_program.h"
#include "server/uuid.h"
#include "server/validate_measure.h"

namespace ipclab {
namespace {

constexpr size_t kMaxLabels = 64;
constexpr size_t kMaxLabelKey = 63;
constexpr size_t kMaxLabelValue = 255;

bool IsId(std::string_view id) {
  constexpr size_t kMaxId = 63;
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto allowed = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-'; };
  return !id.empty() && id.size() <= kMaxId && letter(id.front()) && id.back() != '-' &&
         std::all_of(id.begin(), id.end(), allowed);
}

// Collects what is wrong while the plan takes shape.
class Validation {
 public:
  Validation(const v1::CreateExperimentRequest& request, const Catalogue& catalogue,
             const ProgramShelf& programs, const Topology& topology, const Limits& limits)
      : request_(request),
        catalogue_(catalogue),
        programs_(programs),
        topology_(topology),
        limits_(limits) {}

  absl::StatusOr<ExperimentPlan> Run() {
    CheckNewIds(request_.experiment_id(), request_.request_id(), complaints_);
    plan_.spec = request_.spec();
    plan_.spec.DiscardUnknownFields();  // each worker is told all of it
    CheckCommon();
    if (plan_.spec.has_measure()) {
      v1::MeasureSpec& measure = *plan_.spec.mutable_measure();
      plan_.mechanism = CheckMeasure(measure, catalogue_, limits_, complaints_);
      if (complaints_.violations.empty()) {
        plan_.shape = ShapeOf(measure, plan_.mechanism->mechanism());
      }
    } else if (plan_.spec.has_program()) {
      plan_.program =
          CheckProgram(*plan_.spec.mutable_program(), programs_, catalogue_, complaints_);
      if (plan_.program) plan_.shape.roles.resize(plan_.program->program.workers.size());
    } else {
      Wrong("spec.measure", "or spec.program is required: say what is to be done");
    }
    CheckPlacement();
    const auto& [violations, preconditions] = complaints_;
    if (!violations.empty()) return InvalidRequest(violations, preconditions);
    if (!preconditions.empty()) return PreconditionFailed(preconditions);
    return std::move(plan_);
  }

 private:
  void Wrong(std::string field, std::string description) {
    complaints_.Wrong(std::move(field), std::move(description));
  }

  void CheckCommon() {
    v1::ExperimentSpec& spec = plan_.spec;
    if (static_cast<size_t>(spec.labels_size()) > kMaxLabels) {
      Wrong("spec.labels", absl::StrCat("has ", spec.labels_size(), " entries, at most ",
                                        kMaxLabels, " are kept"));
    }
    for (const auto& [key, value] : spec.labels()) {
      if (key.empty() || key.size() > kMaxLabelKey || value.size() > kMaxLabelValue) {
        Wrong("spec.labels",
              absl::StrCat("the entry ", Quoted(key), " must have a key of 1 to ", kMaxLabelKey,
                           " and a value of at most ", kMaxLabelValue, " characters"));
      }
    }
    if (!v1::ExperimentSpec::Start_IsValid(spec.start())) {
      Wrong("spec.start", "must be PARKED or RUN");
    } else if (spec.start() == v1::ExperimentSpec::START_UNSPECIFIED) {
      spec.set_start(v1::ExperimentSpec::PARKED);
    }
    if (spec.has_time_limit()) CheckDuration("spec.time_limit", spec.time_limit(), complaints_);
  }

  // Even of what cannot be, as far as it can be told how many workers it would have.
  void CheckPlacement() {
    constexpr int kUsual = 2;
    const int workers =
        plan_.shape.roles.empty() ? kUsual : static_cast<int>(plan_.shape.roles.size());
    auto placement = PlanPlacement(topology_, plan_.spec.placement(), workers);
    if (placement.ok()) {
      *plan_.spec.mutable_placement() = std::move(placement->placement);
      plan_.cpus = std::move(placement->cpus);
      plan_.cpu_relation = RelationOf(topology_, plan_.cpus);
    } else if (absl::IsInvalidArgument(placement.status())) {
      Wrong("spec.placement", std::string(placement.status().message()));
    } else {
      complaints_.Lacks("PLACEMENT", "spec.placement", std::string(placement.status().message()));
    }
  }

  const v1::CreateExperimentRequest& request_;
  const Catalogue& catalogue_;
  const ProgramShelf& programs_;
  const Topology& topology_;
  const Limits& limits_;
  ExperimentPlan plan_;
  Complaints complaints_;
};

}  // namespace

void CheckNewIds(const std::string& experiment_id, const std::string& request_id,
                 Complaints& complaints) {
  if (!experiment_id.empty() && !IsId(experiment_id)) {
    complaints.Wrong("experiment_id", absl::StrCat(Quoted(experiment_id),
                                                   " must be 1 to 63 characters of a-z, 0-9 and "
                                                   "\"-\", a letter first and no \"-\" last"));
  }
  if (!request_id.empty() && !IsUuid(request_id)) {
    complaints.Wrong("request_id", absl::StrCat(Quoted(request_id),
                                                " must be a UUID: "
                                                "123e4567-e89b-12d3-a456-426614174000"));
  }
}

absl::StatusOr<ExperimentPlan> ValidateCreate(const v1::CreateExperimentRequest& request,
                                              const Catalogue& catalogue,
                                              const ProgramShelf& programs,
                                              const Topology& topology, const Limits& limits) {
  return Validation(request, catalogue, programs, topology, limits).Run();
}

absl::Status ValidateExperimentName(const std::string& name) {
  absl::string_view id = name;
  if (absl::ConsumePrefix(&id, "experiments/") && IsId({id.data(), id.size()})) {
    return absl::OkStatus();
  }
  return InvalidRequest({{"name", absl::StrCat(Quoted(name),
                                               " must be of the form experiments/{id}: "
                                               "experiments/my-first")}});
}

}  // namespace ipclab
