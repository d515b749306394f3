#include "clients/cli/explore/exploration_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/cli/explore/finding_page.h"
#include "tests/clients/explore/explorations.h"

namespace ipclab::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Request = v1::ExploreProgramRequest;

const ProgramFlags kLostUpdate = {.subject = "lost_update"};
const ProgramFlags kMine = {
    .subject = "my locks.lab", .variant = "", .parameters = {}, .mechanisms = {"left=futex_lock"}};

std::string Page(const v1::Exploration& exploration, const ProgramFlags& flags = kLostUpdate) {
  return ExplorationPage(exploration, flags, Glyphs::kAscii,
                         {.interactive = false, .width = 80, .colours = false});
}

TEST(ExplorationPage, OfACountHasEveryNumber) {
  EXPECT_EQ(Page(LostUpdateCounted()),
            R"(lost_update racy @d401306a

explored
  what            every schedule, over the graph of states
  by              worker processes on kernel objects; 2 groups, handing over
                  spinning
  complete        yes
  schedules       6
  failing         4 (66.7%)
  deadlocked      0 (0%)
  preemptions     1, the fewest that it takes to fail
  states          12
  runs            7, of 28 steps in all
  time            1.20 ms, 5.00 k runs/s

outcomes, of all schedules
  counter=11  ###########################               4   66.7%  FAILS
  counter=12  #############                             2   33.3%

a schedule that fails
  check           finally counter == 10 + workers * rounds: counter is 11
  why             B read counter before A wrote it (line 22 before line 22); the
                  other way round it passes.
  schedule        A! B2 A
  preemptions     1; no shorter schedule fails by this check
  shortened from  A! B! A B

again
  ipclab replay 'lost_update racy @d401306a : A! B2 A'
  ipclab step lost_update --variant racy --script 'A! B2 A'

the nearest that passes
  ipclab replay 'lost_update racy @d401306a : A2 B2'

4 of 6 schedules fail.
)");
}

TEST(ExplorationPage, OfADeadlockSaysWhoWaitsForWhom) {
  const std::string page = Page(DeadlockFound(), kMine);
  EXPECT_THAT(page, HasSubstr("the first failure, by as few preemptions as it takes"));
  EXPECT_THAT(page, HasSubstr("the lab's model alone"));
  EXPECT_THAT(page, HasSubstr("3 looked at"));
  EXPECT_THAT(page, HasSubstr("waits           A waits for right, held by B; B waits for left"));
  EXPECT_THAT(page, HasSubstr("every schedule without a preemption was looked at"));
  EXPECT_THAT(page, HasSubstr("DEADLOCK"));
}

TEST(ExplorationPage, OutcomesThatTheServerLeftOutAreCounted) {
  v1::Exploration exploration = LostUpdateCounted();
  exploration.set_outcomes_left_out(12'345);
  EXPECT_THAT(Page(exploration),
              HasSubstr("\n  and 12,345 more, for which the answer had no room"));
}

TEST(ExplorationPage, OfASearchForOneFailureHasNoShares) {
  const std::string page = Page(DeadlockFound(), kMine);
  EXPECT_THAT(page, AllOf(HasSubstr("outcomes on the way\n"), Not(HasSubstr("%"))));
}

TEST(ExplorationPage, WhoWaitsForWhomIsSaidOnce) {
  v1::Exploration exploration = DeadlockFound();
  exploration.mutable_finding()->set_explanation(
      "B locks right first. A waits for right, held by B; B waits for left, held by A.");
  EXPECT_THAT(Page(exploration, kMine), Not(HasSubstr("\n  waits ")));
}

TEST(ExplorationPage, CommandsNameTheFileAndWhatItsObjectsAre) {
  const std::string page = Page(DeadlockFound(), kMine);
  EXPECT_THAT(page, HasSubstr("\n  ipclab replay 'program @11223344 : A! B' --program "
                              "'my locks.lab' --mechanism left=futex_lock\n"));
  EXPECT_THAT(page, HasSubstr("\n  ipclab step 'my locks.lab' --mechanism left=futex_lock "
                              "--script 'A! B'\n"));
}

TEST(ExplorationPage, WhatWasBrokenOffSaysWhyAndClaimsNothing) {
  v1::Exploration exploration = LostUpdateCounted();
  exploration.set_complete(false);
  exploration.set_stopped_at("the limit of 60 s");
  const std::string page = Page(exploration);
  EXPECT_THAT(page, HasSubstr("no: stopped at the limit of 60 s; the whole is more"));
  EXPECT_THAT(page, HasSubstr("6 looked at"));
  EXPECT_THAT(page, HasSubstr("the fewest of those that were seen to fail"));
  EXPECT_THAT(page, HasSubstr("outcomes, of the schedules looked at"));
}

TEST(ExplorationPage, OfStatesThatAreNotAllKnownNothingIsCounted) {
  v1::Exploration exploration = LostUpdateCounted();
  exploration.set_complete(false);
  exploration.set_stopped_at("the limit of 1024 MiB");
  exploration.set_schedules("0");
  exploration.set_failing("0");
  for (v1::ExploreOutcome& each : *exploration.mutable_outcomes()) each.set_schedules("0");
  const std::string page = Page(exploration);
  EXPECT_THAT(page, HasSubstr("schedules       not counted: that takes all states\n"));
  EXPECT_THAT(page, Not(HasSubstr("failing  ")));
  EXPECT_THAT(page, AllOf(HasSubstr("outcomes, not counted"), Not(HasSubstr("%"))));
}

TEST(ExplorationPage, OfACyclicProgramHasNoNumberOfSchedulesAndShowsTheLasso) {
  v1::Exploration exploration;
  exploration.set_mode(Request::COUNT);
  exploration.set_reduction(Request::STATE);
  exploration.set_complete(true);
  exploration.set_cyclic(true);
  exploration.set_states(44);
  *exploration.add_outcomes() = Outcome("done=2", "");
  exploration.mutable_livelock()->set_stem("trylock_livelock polite @01020304 : A B");
  exploration.mutable_livelock()->set_loop("A3 B3");
  const std::string page = Page(exploration, {.subject = "trylock_livelock"});
  EXPECT_THAT(page, HasSubstr("infinitely many: it can come back to where it was"));
  EXPECT_THAT(page, HasSubstr("states          44"));
  EXPECT_THAT(page, AllOf(HasSubstr("outcomes, not counted"), HasSubstr("done=2")));
  EXPECT_THAT(page, HasSubstr("then for ever   A3 B3"));
  EXPECT_THAT(page,
              HasSubstr("ipclab step trylock_livelock --variant polite --script 'A B A3 B3'"));
}

TEST(ExplorationPage, OfDporSaysThatItDoesNotCount) {
  v1::Exploration exploration = LostUpdateCounted();
  exploration.set_reduction(Request::DPOR);
  exploration.clear_schedules();
  exploration.clear_failing();
  exploration.clear_deadlocked();
  const std::string page = Page(exploration);
  EXPECT_THAT(page, HasSubstr("schedules       not counted"));
  EXPECT_THAT(page, Not(HasSubstr("failing  ")));
}

TEST(ExplorationPage, OfASampleNamesSeedAndProbability) {
  v1::Exploration exploration;
  exploration.set_mode(Request::SAMPLE);
  exploration.set_sampler(Request::PCT);
  exploration.set_complete(true);
  exploration.set_seed(7);
  exploration.set_schedules("10000");
  exploration.set_truncated(1234);
  exploration.set_miss_probability(0.00321);
  const std::string page = Page(exploration);
  EXPECT_THAT(page, HasSubstr("by random priorities (PCT); seed 7"));
  EXPECT_THAT(page, HasSubstr("10,000 looked at"));
  EXPECT_THAT(page, HasSubstr("1,234 of these runs, at the limit of steps"));
  EXPECT_THAT(page, HasSubstr("0.0032 at most"));
}

TEST(ExplorationPage, HasColoursOnlyWhereTheyAreWanted) {
  const Terminal colours = {.interactive = true, .width = 80, .colours = true};
  EXPECT_THAT(ExplorationPage(LostUpdateCounted(), kLostUpdate, Glyphs::kBlocks, colours),
              HasSubstr("\033[31m4 of 6 schedules fail.\033[0m"));
  EXPECT_THAT(Page(LostUpdateCounted()), Not(HasSubstr("\033")));
}

TEST(FindingPage, AVeryLongScheduleIsOnlyInItsCommands) {
  v1::ExploreFinding finding = LostUpdateFinding();
  std::string items;
  for (int i = 0; i < 1000; ++i) items += " A B";
  finding.set_found_schedule("lost_update racy @d401306a :" + items);
  EXPECT_THAT(FindingPage(finding, kLostUpdate, {}), HasSubstr("... (--json has all of it)"));
}

TEST(StepCommandText, HasVariantAndParametersOfTheSchedule) {
  EXPECT_EQ(StepCommandText("lost_update racy rounds=2 workers=3 @d401306a : A! B2", kLostUpdate),
            "ipclab step lost_update --variant racy --param rounds=2 --param workers=3 "
            "--script 'A! B2'");
}

}  // namespace
}  // namespace ipclab::cli
