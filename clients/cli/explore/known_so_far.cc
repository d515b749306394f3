#include "clients/cli/explore/known_so_far.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/cli/explore/schedule_count.h"

namespace ipclab::cli {
namespace {

using Request = v1::ExploreProgramRequest;

// How many of the schedules end in such outcomes; empty where they are not counted.
template <typename Wanted>
std::string SumOf(const v1::ExploreProgress& progress, const Wanted& wanted) {
  absl::uint128 sum = 0;
  for (const v1::ExploreOutcome& outcome : progress.outcomes()) {
    const auto count = CountOf(outcome.schedules());
    if (!count) return "";
    if (wanted(outcome)) sum += *count;
  }
  return progress.outcomes_size() == 0 ? "" : DigitsOf(sum);
}

void AddProgress(const v1::ExploreProgress& progress, v1::Exploration& exploration) {
  exploration.set_schedules(progress.schedules());
  exploration.set_failing(SumOf(progress, [](const auto& each) { return each.failing(); }));
  exploration.set_deadlocked(SumOf(progress, [](const auto& each) { return each.deadlocked(); }));
  exploration.set_states(progress.states());
  exploration.set_runs(progress.runs());
  exploration.set_seconds(progress.seconds());
  *exploration.mutable_outcomes() = progress.outcomes();
  // What is looked at now is not done yet.
  if (progress.has_bound() && progress.bound() > 0) exploration.set_bound(progress.bound() - 1);
}

}  // namespace

void KnownSoFar::Take(const v1::ExploreEvent& event) {
  if (event.has_progress()) progress = event.progress();
  if (event.has_finding() && !finding) finding = event.finding();
}

v1::Exploration BrokenOff(const KnownSoFar& known, const Request& request,
                          const std::string& stopped_at) {
  v1::Exploration exploration;
  const v1::ProgramSpec& spec = request.program();
  exploration.set_program(spec.source().empty() ? spec.program() : "program");
  exploration.set_variant(spec.variant());
  exploration.set_mode(request.mode());
  exploration.set_engine(request.engine());
  exploration.set_reduction(request.reduction());
  exploration.set_sampler(request.sampler());
  if (request.has_seed()) exploration.set_seed(request.seed());
  exploration.set_stopped_at(stopped_at);
  if (known.progress) AddProgress(*known.progress, exploration);
  if (known.finding) {
    *exploration.mutable_finding() = *known.finding;
    exploration.set_min_preemptions(known.finding->preemptions());
  }
  exploration.set_verdict(absl::StrCat(
      "Broken off: ", KnowsFailure(exploration) ? "it can fail; " : "no failure so far; ",
      "nothing is known of what was not looked at."));
  return exploration;
}

bool KnowsFailure(const v1::Exploration& exploration) {
  if (exploration.has_finding() || CountOf(exploration.failing()).value_or(0) > 0) return true;
  return std::any_of(exploration.outcomes().begin(), exploration.outcomes().end(),
                     [](const v1::ExploreOutcome& each) { return each.failing(); });
}

}  // namespace ipclab::cli
