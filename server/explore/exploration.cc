#include "server/explore/exploration.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/explore/outcomes.h"
#include "common/explore/search.h"
#include "server/durations.h"
#include "server/explore/explore_view.h"

namespace ipclab {
namespace {

constexpr absl::Duration kProgressInterval = absl::Milliseconds(200);
// The clock is read once in so many runs: the model makes millions a second.
constexpr int64_t kRunsBetweenLooks = 16;
constexpr int64_t kStepsBetweenLooks = 4096;
// What there is to count is looked at for so long at most, for progress: nobody can stop it.
constexpr absl::Duration kLongestLook = absl::Milliseconds(20);
// To know how many schedules there are, before they are executed one by one.
constexpr absl::Duration kCountLimit = absl::Milliseconds(500);
constexpr int64_t kCountBytes = 64 << 20;

std::string LimitOfTime(absl::Duration limit) {
  return absl::StrCat("the limit of ", absl::ToDoubleSeconds(limit), " s");
}

class Exploring {
 public:
  Exploring(const ExplorePlan& plan, const std::stop_token& stop,
            const std::function<void(v1::ExploreEvent)>& tell)
      : plan_(plan), program_(plan.program->program), stop_(stop), tell_(tell) {}

  // runs is null for the model alone.
  absl::StatusOr<v1::Exploration> Go(RealRuns* runs) {
    begin_ = MonotonicNow();
    next_progress_ = begin_ + kProgressInterval;
    CountFirst();
    aside_ += MonotonicNow() - begin_;
    search_ = MakeSearch(program_, plan_.options);
    if (absl::Status status = MakeRuns(runs); !status.ok()) return status;
    const absl::Time end = MonotonicNow();
    Exploration result = search_->Result();
    if (timed_out_) {
      result.complete = false;
      result.stopped_at = LimitOfTime(plan_.time_limit);
    }
    if (stop_.stop_requested()) return Stopped();
    if (!finding_ && result.found) Find(*result.found);
    return Whole(result, end - begin_);
  }

  // What ends the workers when nobody wants them any more is no fault of theirs.
  absl::Status WhyEnded(const absl::Status& status) const {
    return stop_.stop_requested() ? Stopped() : status;
  }

 private:
  static absl::Status Stopped() { return absl::CancelledError("the exploration was stopped"); }

  // How many schedules there are says how far each by itself has come.
  void CountFirst() {
    if (plan_.options.mode != SearchMode::kCount || plan_.options.reduction != Reduction::kNone) {
      return;
    }
    const absl::Time limit = begin_ + std::min(kCountLimit, plan_.time_limit / 4);
    SearchOptions options = plan_.options;
    options.reduction = Reduction::kStates;
    options.max_schedules = 0;
    options.max_bytes = std::min(options.max_bytes, kCountBytes);
    const auto search = MakeSearch(program_, options);
    for (int64_t i = 0; search->Next() != nullptr; ++i) {
      if (stop_.stop_requested()) return;
      if (i % kRunsBetweenLooks == 0 && MonotonicNow() > limit) return;
    }
    const Exploration result = search->Result();
    if (result.complete && !result.cyclic && !result.overflow) total_ = result.schedules;
  }

  // OK when there is nothing left to look for, or no time.
  absl::Status MakeRuns(RealRuns* runs) {
    while (const Run* const run = search_->Next()) {
      if (stop_.stop_requested()) return Stopped();
      ++runs_;
      longest_ = std::max(longest_, static_cast<int64_t>(run->steps.size()));
      if (runs != nullptr) {
        if (absl::Status status = runs->Add(*run); !status.ok()) return WhyEnded(status);
      }
      if (!finding_ && HasFailed(run->state)) {
        const std::vector<Choose> steps(run->steps.begin(), run->steps.end());
        if (runs != nullptr) {
          // The processes fail with it too, or there is no finding.
          if (absl::Status status = runs->Finish(); !status.ok()) return WhyEnded(status);
        }
        Find(steps);
      }
      steps_unlooked_ += static_cast<int64_t>(run->steps.size());
      if (runs_ % kRunsBetweenLooks != 0 && steps_unlooked_ < kStepsBetweenLooks) continue;
      steps_unlooked_ = 0;
      if (!LookAtClock()) break;
    }
    if (runs == nullptr) return absl::OkStatus();
    return WhyEnded(runs->Finish());
  }

  // False when the time is over.
  bool LookAtClock() {
    const absl::Time now = MonotonicNow();
    if (now - begin_ > plan_.time_limit) {
      timed_out_ = true;
      return false;
    }
    if (now >= next_progress_) TellProgress(now);
    return true;
  }

  void Find(const std::vector<Choose>& steps) {
    const absl::Time begin = MonotonicNow();
    const auto failing = UpToFailure(program_, steps);
    if (!failing) return;
    finding_ = FindingOf(program_, *failing);
    v1::ExploreEvent event;
    *event.mutable_finding() = *finding_;
    tell_(std::move(event));
    aside_ += MonotonicNow() - begin;
  }

  void TellProgress(absl::Time now) {
    const auto searched = search_->progress();
    const double done = CountAsDouble(searched.schedules);
    const double since = absl::ToDoubleSeconds(now - begin_ - aside_ - last_time_);
    v1::ExploreEvent event;
    v1::ExploreProgress& progress = *event.mutable_progress();
    progress.set_seconds(absl::ToDoubleSeconds(now - begin_));
    progress.set_schedules(CountText(searched.schedules));
    if (since > 0) progress.set_schedules_per_second((done - last_done_) / since);
    progress.set_states(searched.states);
    progress.set_runs(runs_);
    if (searched.bound) progress.set_bound(*searched.bound);
    if (total_) AddShare(done, progress);
    LookAtOutcomes();
    *progress.mutable_outcomes() = outcomes_;
    tell_(std::move(event));
    last_done_ = done;
    last_time_ = now - begin_ - aside_;
    next_progress_ = MonotonicNow() + kProgressInterval;
  }

  void AddShare(double done, v1::ExploreProgress& progress) const {
    const double total = CountAsDouble(*total_);
    progress.set_total(CountText(*total_));
    progress.set_share(total > 0 ? std::min(done / total, 1.0) : 1);
    if (progress.schedules_per_second() > 0) {
      progress.set_seconds_left(std::max(total - done, 0.0) / progress.schedules_per_second());
    }
  }

  // Those of before are told again where it would take too long.
  void LookAtOutcomes() {
    if (last_look_ > kLongestLook) return;
    const absl::Time begin = MonotonicNow();
    outcomes_.Clear();
    AddOutcomes(plan_, search_->Result(), outcomes_);
    last_look_ = MonotonicNow() - begin;
    aside_ += last_look_;
  }

  v1::Exploration Whole(const Exploration& result, absl::Duration took) const {
    v1::Exploration whole = ToProto(plan_, result, longest_);
    whole.set_seconds(absl::ToDoubleSeconds(took));
    const bool counts_runs = plan_.real() || (plan_.options.mode == SearchMode::kCount &&
                                              plan_.options.reduction != Reduction::kStates);
    const double done =
        counts_runs ? static_cast<double>(result.runs) : CountAsDouble(result.schedules);
    const double searching = absl::ToDoubleSeconds(took - aside_);
    if (searching > 0) whole.set_schedules_per_second(done / searching);
    if (finding_) *whole.mutable_finding() = *finding_;
    return whole;
  }

  const ExplorePlan& plan_;
  const Program& program_;
  const std::stop_token& stop_;
  const std::function<void(v1::ExploreEvent)>& tell_;
  std::unique_ptr<Search> search_;
  std::optional<Count> total_;
  std::optional<v1::ExploreFinding> finding_;
  int64_t runs_ = 0;
  int64_t longest_ = 0;
  int64_t steps_unlooked_ = 0;  // since the clock was looked at
  bool timed_out_ = false;

  absl::Time begin_;
  absl::Time next_progress_;
  absl::Duration aside_;  // spent on other things than the search
  // Of the progress before: how long the search took until then, and how far it was.
  absl::Duration last_time_;
  double last_done_ = 0;
  absl::Duration last_look_;
  google::protobuf::RepeatedPtrField<v1::ExploreOutcome> outcomes_;
};

}  // namespace

absl::StatusOr<v1::Exploration> Explore(const ExplorePlan& plan, const StartRuns& start_runs,
                                        const std::stop_token& stop,
                                        const std::function<void(v1::ExploreEvent)>& tell) {
  Exploring exploring(plan, stop, tell);
  if (!plan.real()) return exploring.Go(nullptr);
  const auto runs = AwaitRuns(plan, start_runs, stop);
  if (!runs.ok()) return runs.status();
  absl::StatusOr<v1::Exploration> result;
  {
    // Add and Finish wait for the workers, and have no other way to hear of it.
    const std::stop_callback on_stop(stop, [&runs] { (*runs)->Stop(); });
    const absl::Status ready = (*runs)->AwaitReady(plan.time_limit);
    result = ready.ok() ? exploring.Go(runs->get()) : exploring.WhyEnded(ready);
  }
  (*runs)->Stop();
  if (result.ok()) {
    result->set_groups((*runs)->groups());
    result->set_hand_over((*runs)->spins() ? "SPINNING" : "SLEEPING");
  }
  return result;
}

}  // namespace ipclab
