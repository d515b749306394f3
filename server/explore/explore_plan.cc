#include "server/explore/explore_plan.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/complaints.h"
#include "server/durations.h"
#include "server/errors.h"
#include "server/program/validate_program.h"

namespace ipclab {
namespace {

using Wanted = v1::ExploreProgramRequest;

constexpr int kMostPreemptions = 3;
constexpr int kDefaultDepth = 3;
constexpr int kMostDepth = 10;
constexpr int64_t kDefaultSteps = 10'000;
constexpr int64_t kDefaultSamples = 10'000;

// Collects what is wrong while the plan takes shape.
class ExploreCheck {
 public:
  ExploreCheck(const Wanted& request, const Catalogue& catalogue, const ProgramShelf& shelf,
               const Limits& limits, uint64_t lot)
      : catalogue_(catalogue), shelf_(shelf), limits_(limits), lot_(lot) {
    plan_.request = request;
    plan_.request.DiscardUnknownFields();
  }

  absl::StatusOr<ExplorePlan> Run() {
    CheckWhatAndWho();
    CheckFind();
    CheckCount();
    CheckSample();
    CheckLimits();
    CheckText();
    const auto& [violations, preconditions] = complaints_;
    if (!violations.empty()) return InvalidRequest(violations, preconditions);
    // The model needs nothing of the host.
    if (plan_.real() && !preconditions.empty()) return PreconditionFailed(preconditions);
    return std::move(plan_);
  }

 private:
  void Wrong(std::string field, std::string description) {
    complaints_.Wrong(std::move(field), std::move(description));
  }

  void CheckWhatAndWho() {
    Wanted& request = plan_.request;
    if (!Wanted::Mode_IsValid(request.mode())) {
      Wrong("mode", "must be FIND, COUNT or SAMPLE");
    } else if (request.mode() == Wanted::MODE_UNSPECIFIED) {
      request.set_mode(Wanted::FIND);
    }
    if (!Wanted::Engine_IsValid(request.engine())) {
      Wrong("engine", "must be REAL or MODEL");
    } else if (request.engine() == Wanted::ENGINE_UNSPECIFIED) {
      request.set_engine(Wanted::REAL);
    }
    if (request.mode() == Wanted::FIND) plan_.options.mode = SearchMode::kFind;
    if (request.mode() == Wanted::COUNT) plan_.options.mode = SearchMode::kCount;
    if (request.mode() == Wanted::SAMPLE) plan_.options.mode = SearchMode::kSample;
  }

  // True when the mode is this one; else complains of the field if it was set. Of a mode that
  // there is not nothing is known.
  bool IsFor(Wanted::Mode mode, const std::string& field, bool is_set) {
    if (plan_.request.mode() == mode) return true;
    if (is_set && Wanted::Mode_IsValid(plan_.request.mode())) {
      Wrong(field, absl::StrCat("is for ", Wanted::Mode_Name(mode), ", and the mode is ",
                                Wanted::Mode_Name(plan_.request.mode())));
    }
    return false;
  }

  // What lies outside is complained of; 0 stands for the default.
  int64_t Within(const std::string& field, int64_t value, int64_t most, int64_t otherwise) {
    if (value < 0 || value > most) {
      Wrong(field, absl::StrCat("is ", value, ", must be 1 to ", most, ", or 0 for ", otherwise));
    }
    return value == 0 ? otherwise : value;
  }

  void CheckFind() {
    Wanted& request = plan_.request;
    if (!IsFor(Wanted::FIND, "max_preemptions", request.has_max_preemptions())) return;
    if (!request.has_max_preemptions()) request.set_max_preemptions(kMostPreemptions);
    if (request.max_preemptions() < 0 || request.max_preemptions() > kMostPreemptions) {
      Wrong("max_preemptions",
            absl::StrCat("is ", request.max_preemptions(), ", must be 0 to ", kMostPreemptions));
    }
    plan_.options.max_preemptions = request.max_preemptions();
  }

  void CheckCount() {
    Wanted& request = plan_.request;
    const bool is_set = request.reduction() != Wanted::REDUCTION_UNSPECIFIED;
    if (!IsFor(Wanted::COUNT, "reduction", is_set)) return;
    if (!Wanted::Reduction_IsValid(request.reduction())) {
      Wrong("reduction", "must be STATE, NONE or DPOR");
    } else if (!is_set) {
      request.set_reduction(Wanted::STATE);
    }
    plan_.options.reduction = request.reduction() == Wanted::NONE   ? Reduction::kNone
                              : request.reduction() == Wanted::DPOR ? Reduction::kDpor
                                                                    : Reduction::kStates;
  }

  void CheckSample() {
    Wanted& request = plan_.request;
    const bool is_set = request.sampler() != Wanted::SAMPLER_UNSPECIFIED;
    const bool sample = IsFor(Wanted::SAMPLE, "sampler", is_set);
    IsFor(Wanted::SAMPLE, "depth", request.depth() != 0);
    IsFor(Wanted::SAMPLE, "seed", request.has_seed());
    if (!sample) return;
    if (!Wanted::Sampler_IsValid(request.sampler())) {
      Wrong("sampler", "must be PCT or UNIFORM");
    } else if (!is_set) {
      request.set_sampler(Wanted::PCT);
    }
    if (!request.has_seed()) request.set_seed(lot_);
    plan_.options.seed = request.seed();
    if (request.sampler() == Wanted::UNIFORM) {
      if (request.depth() != 0) Wrong("depth", "is for PCT, and the sampler is UNIFORM");
      plan_.options.sampler = Sampler::kUniform;
      return;
    }
    request.set_depth(
        static_cast<int32_t>(Within("depth", request.depth(), kMostDepth, kDefaultDepth)));
    plan_.options.depth = request.depth();
  }

  void CheckLimits() {
    Wanted& request = plan_.request;
    const bool sample = request.mode() == Wanted::SAMPLE;
    request.set_max_schedules(Within("max_schedules", request.max_schedules(),
                                     limits_.max_explore_schedules,
                                     sample ? kDefaultSamples : limits_.max_explore_schedules));
    request.set_max_steps(
        Within("max_steps", request.max_steps(), ProgramLimits::kSteps, kDefaultSteps));
    request.set_max_memory_bytes(Within("max_memory_bytes", request.max_memory_bytes(),
                                        limits_.max_explore_bytes, limits_.max_explore_bytes));
    plan_.options.max_schedules = request.max_schedules();
    plan_.options.max_steps = request.max_steps();
    plan_.options.max_bytes = request.max_memory_bytes();
    if (!request.has_time_limit()) {
      *request.mutable_time_limit() = ToProto(limits_.default_explore_time);
    }
    plan_.time_limit = FromProto(request.time_limit());
    if (!IsValid(request.time_limit()) || plan_.time_limit <= absl::ZeroDuration() ||
        plan_.time_limit > limits_.max_explore_time) {
      Wrong("time_limit", absl::StrCat("must be above 0 and at most ",
                                       absl::FormatDuration(limits_.max_explore_time)));
    }
  }

  void CheckText() {
    v1::ProgramSpec& program = *plan_.request.mutable_program();
    if (!program.schedule().empty()) {
      Wrong("program.schedule", "must be empty: an exploration begins at step 0");
      program.clear_schedule();
    }
    // Of an experiment it stands in the spec, which is how its own check names it.
    Complaints of_program;
    plan_.program = CheckProgram(program, shelf_, catalogue_, of_program);
    for (FieldViolation& each : of_program.violations) {
      Wrong(std::string(absl::StripPrefix(each.field, "spec.")), std::move(each.description));
    }
    complaints_.preconditions = std::move(of_program.preconditions);
  }

  const Catalogue& catalogue_;
  const ProgramShelf& shelf_;
  const Limits& limits_;
  const uint64_t lot_;
  ExplorePlan plan_;
  Complaints complaints_;
};

}  // namespace

absl::StatusOr<ExplorePlan> ValidateExplore(const v1::ExploreProgramRequest& request,
                                            const Catalogue& catalogue, const ProgramShelf& shelf,
                                            const Limits& limits, uint64_t lot) {
  return ExploreCheck(request, catalogue, shelf, limits, lot).Run();
}

}  // namespace ipclab
