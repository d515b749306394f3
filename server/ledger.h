// What one experiment has measured: the figures of its free runs and of its steps, which are never
// merged, and the controls that bracket the runs. Read from the shared pages leg by leg.
//
// Strand only; owned by its experiment.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "common/pages.h"
#include "ipclab/v1/experiment.pb.h"
#include "ipclab/v1/metrics.pb.h"
#include "server/figures.h"
#include "server/slices.h"
#include "server/validate.h"

namespace ipclab {

// What a leg is for.
enum class LegKind {
  kRun,     // counts
  kStep,    // counts, apart
  kWarmUp,  // its figures say whether it goes on, and are in no other
  kCensus,  // only what it costs is kept
};

class Ledger {
 public:
  // plan must outlive this.
  Ledger(std::string experiment, const ExperimentPlan& plan, v1::Environment environment);

  // A leg begins; its figures are in the pages until it ends. Returns its number, by which the
  // workers mark theirs.
  int64_t BeginLeg(LegKind kind);
  // Adds what the pages hold to the rest, and returns just that.
  Figures EndLeg(void* pages);
  bool in_leg() const { return leg_kind_.has_value(); }
  std::optional<LegKind> leg_kind() const { return leg_kind_; }

  // Of a run's leg: what has come since the last call is a slice of it.
  void CutSlice(void* pages);

  // The census was cut short: it says nothing.
  void DropCensus() { census_.reset(); }

  // What the figures alone do not tell; for the result.
  void SetWarmUp(v1::WarmUp warm_up) { warm_up_ = std::move(warm_up); }
  void SetHostLoad(v1::HostLoad load) { host_load_ = std::move(load); }

  // How far the leg that has ended took the experiment. Of several arrivals to a step nothing is
  // lost from leg to leg.
  int64_t leg_steps() const { return leg_steps_; }

  // The figures of one step.
  v1::Metrics StepMetrics(const Figures& figures);
  // The same again, without histograms, when it is wanted: for the log, which keeps many and shows
  // few. It may be asked when this is gone.
  std::function<v1::Metrics()> StepSummary(Figures figures) const;

  // Of this moment: free ones unless the newest leg is a step. pages is null when there are none.
  v1::Metrics Now(void* pages);

  // What reading the workers' clock costs.
  double clock_cost_nanos() const { return environment_.clock_cost_nanos(); }

  // How long counted free running took, all legs together.
  absl::Duration free_time() const { return free_time_; }

  // What it all comes to. nullopt when nothing was measured.
  std::optional<v1::Result> ToResult(const v1::Experiment& experiment);

 private:
  // With the sequence of now, which the caller has advanced.
  v1::Metrics MetricsOf(const Figures& figures, bool stepped) const;
  std::string OneWayAbsent() const;

  const std::string experiment_;
  const ExperimentPlan& plan_;
  const v1::Environment environment_;
  Figures free_;
  Figures stepped_;
  absl::Duration free_time_;
  int64_t leg_ = 0;
  int64_t arrivals_ = 0;  // of all legs
  int64_t leg_steps_ = 0;
  std::optional<LegKind> leg_kind_;  // of the leg that goes on
  bool last_was_step_ = false;
  Slices slices_;
  std::optional<v1::Census> census_;
  std::optional<v1::WarmUp> warm_up_;
  std::optional<v1::HostLoad> host_load_;
  int64_t sequence_ = 0;
  int64_t control_before_nanos_ = 0;  // the first run's
  int64_t control_after_nanos_ = 0;   // the last run's
};

}  // namespace ipclab
