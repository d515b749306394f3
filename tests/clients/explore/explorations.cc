#include "tests/clients/explore/explorations.h"

namespace ipclab::cli {

using Request = v1::ExploreProgramRequest;

v1::ExploreOutcome Outcome(const std::string& outcome, const std::string& schedules, bool failing,
                           bool deadlocked) {
  v1::ExploreOutcome made;
  made.set_outcome(outcome);
  made.set_schedules(schedules);
  made.set_failing(failing);
  made.set_deadlocked(deadlocked);
  return made;
}

v1::ExploreFinding LostUpdateFinding() {
  v1::ExploreFinding finding;
  finding.set_schedule("lost_update racy @d401306a : A! B2 A");
  finding.set_found_schedule("lost_update racy @d401306a : A! B! A B");
  finding.set_check("finally counter == 10 + workers * rounds: counter is 11");
  finding.set_explanation(
      "B read counter before A wrote it (line 22 before line 22); the other way round it passes.");
  finding.set_preemptions(1);
  finding.set_shortest(true);
  finding.mutable_details()->set_passing_schedule("lost_update racy @d401306a : A2 B2");
  return finding;
}

v1::Exploration LostUpdateCounted() {
  v1::Exploration exploration;
  exploration.set_program("lost_update");
  exploration.set_variant("racy");
  exploration.set_hash("d401306a");
  exploration.set_mode(Request::COUNT);
  exploration.set_engine(Request::REAL);
  exploration.set_reduction(Request::STATE);
  exploration.set_complete(true);
  exploration.set_verdict("4 of 6 schedules fail.");
  exploration.set_schedules("6");
  exploration.set_failing("4");
  exploration.set_deadlocked("0");
  exploration.set_states(12);
  exploration.set_runs(7);
  exploration.set_steps(28);
  exploration.set_seconds(0.0012);
  exploration.set_schedules_per_second(5000);
  exploration.set_min_preemptions(1);
  exploration.set_groups(2);
  exploration.set_hand_over("SPINNING");
  *exploration.add_outcomes() = Outcome("counter=11", "4", /*failing=*/true);
  *exploration.add_outcomes() = Outcome("counter=12", "2");
  *exploration.mutable_finding() = LostUpdateFinding();
  return exploration;
}

v1::Exploration DeadlockFound() {
  v1::Exploration exploration;
  exploration.set_program("program");
  exploration.set_hash("11223344");
  exploration.set_mode(Request::FIND);
  exploration.set_engine(Request::MODEL);
  exploration.set_complete(true);
  exploration.set_schedules("3");
  exploration.set_failing("1");
  exploration.set_deadlocked("1");
  exploration.set_bound(0);
  exploration.set_min_preemptions(1);
  *exploration.add_outcomes() = Outcome("deadlock: ", "1", /*failing=*/true, /*deadlocked=*/true);
  v1::ExploreFinding& finding = *exploration.mutable_finding();
  finding.set_schedule("program @11223344 : A! B");
  finding.set_found_schedule(finding.schedule());
  finding.set_check("deadlock");
  finding.set_preemptions(1);
  finding.mutable_details()->add_waits("A waits for right, held by B");
  finding.mutable_details()->add_waits("B waits for left, held by A");
  return exploration;
}

v1::ExploreProgress ProgressOfCount() {
  v1::ExploreProgress progress;
  progress.set_seconds(1.5);
  progress.set_schedules("924000");
  progress.set_schedules_per_second(616'000);
  progress.set_states(2663);
  progress.set_total("2704156");
  progress.set_share(0.3417);
  progress.set_seconds_left(2.9);
  *progress.add_outcomes() = Outcome("counter=9", "200000", /*failing=*/true);
  *progress.add_outcomes() = Outcome("counter=10", "700000", /*failing=*/true);
  *progress.add_outcomes() = Outcome("counter=12", "24000");
  return progress;
}

}  // namespace ipclab::cli
