#include "clients/cli/step/screen_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/clients/step/screens.h"

namespace ipclab::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr ScreenSize kSmall = {.columns = 80, .rows = 24};
constexpr ScreenSize kMiddle = {.columns = 120, .rows = 40};
constexpr ScreenSize kLarge = {.columns = 200, .rows = 60};

constexpr char kLostUpdateAt80[] = R"(
lost_update racy: Lost update                               step 2, 1 preemption
counter = counter + 1 is a read and a write. Another process can come between
them.
goal Make the final value 11.
── program (arrows) ──────────────────── │ ── workers ──────────────────────────
    1 title  "Lost update"               │  A P[0] READY   12 counter = 11
    2 lesson "counter = counter + 1 is … │         #1=10
    3 goal   counter == 11 "Make the fi… │ >B P[1] READY   12 counter = 11
    4 param  workers = 2 in 1..8         │         #1=10
    5 variant racy, mutex                │ ── objects: the lab | the kernel ────
    6                                    │ >counter 10   | 10
    7 shared counter = 10                │  m       free | -
    8 mutex m                            │ ── checks ───────────────────────────
    9                                    │  at end finally counter == 10 + work…
   10 process P[workers] {               │ ── history ──────────────────────────
   11   if variant == mutex { lock(m) }  │ 1  A read counter  -> 10
AB>12   counter = counter + 1     # two… │ 2! B read counter  -> 10
   13   if variant == mutex { unlock(m)… │
   14 }                                  │
   15 observe counter                    │
   16 finally counter == 10 + workers    │
schedule lost_update racy @3f9a01c2 : A! B

A B step  space same  u undo  r reset  e find  v variant  f free  h help  q quit
)";

constexpr char kDeadlockAt80[] = R"(
my.lab: Two locks                                                         step 2
── program (arrows) ──────────────────── │ ── workers ──────────────────────────
   1 title "Two locks"                   │  A P BLOCKED 5 lock(right)
   2 mutex left                          │      waits for right, held by B
   3 mutex right                         │ >B Q BLOCKED 6 lock(left)
   4                                     │      waits for left, held by A
 A>5 …ess P { lock(left);  lock(right);… │ ── objects: the lab | the kernel ────
 B>6 …ess Q { lock(right); lock(left); … │  left  held by A; B waits | -
                                         │ >right held by B; A waits | -
                                         │ ── history ──────────────────────────
                                         │ 1  A lock(left)    left: held by A
                                         │ 2  B lock(right)   right: held by B
                                         │
                                         │
                                         │
                                         │
                                         │
                                         │
                                         │
                                         │
                                         │
schedule program @11223344 : A! B
DEADLOCK A waits for right, held by B; B waits for left, held by A
A B step  space same  u undo  r reset  ? why  f free  w save  h help  q quit
)";

constexpr char kLostUpdateAt120[] = R"(
lost_update racy: Lost update                                                                       step 2, 1 preemption
counter = counter + 1 is a read and a write. Another process can come between them.
goal Make the final value 11.
── program (arrows) ────────────────────────────────────────────── │ ── workers ────────────────────────────────────────
    1 title  "Lost update"                                         │  A P[0] READY   12 counter = 11
    2 lesson "counter = counter + 1 is a read and a write. Anothe… │         #1=10
    3 goal   counter == 11 "Make the final value 11."              │ >B P[1] READY   12 counter = 11
    4 param  workers = 2 in 1..8                                   │         #1=10
    5 variant racy, mutex                                          │ ── objects: the lab | the kernel ──────────────────
    6                                                              │ >counter 10   | 10
    7 shared counter = 10                                          │  m       free | -
    8 mutex m                                                      │ ── checks ─────────────────────────────────────────
    9                                                              │  at end finally counter == 10 + workers
   10 process P[workers] {                                         │ ── history ────────────────────────────────────────
   11   if variant == mutex { lock(m) }                            │ 1  A read counter  -> 10
AB>12   counter = counter + 1     # two steps                      │ 2! B read counter  -> 10
   13   if variant == mutex { unlock(m) }                          │
   14 }                                                            │
   15 observe counter                                              │
   16 finally counter == 10 + workers                              │
                                                                   │
                                                                   │
                                                                   │
                                                                   │
                                                                   │
                                                                   │
                                                                   │
                                                                   │
                                                                   │
                                                                   │
                                                                   │
                                                                   │
                                                                   │
                                                                   │
                                                                   │
                                                                   │
                                                                   │
schedule lost_update racy @3f9a01c2 : A! B

A B step  space same  u undo  r reset  e find  v variant  f free  w save  arrows scroll  tab next pane  h help  q quit
)";

// Goldens begin on a line of their own.
std::string Golden(const char* text) { return text + 1; }

TEST(ScreenLayout, ALostUpdateInTheMakingOn80Columns) {
  EXPECT_EQ(TextOf(LayOut(LostUpdateScreen(), kSmall)), Golden(kLostUpdateAt80));
}

TEST(ScreenLayout, ADeadlockSaysWhoWaitsForWhom) {
  EXPECT_EQ(TextOf(LayOut(DeadlockScreen(), kSmall)), Golden(kDeadlockAt80));
}

TEST(ScreenLayout, ALostUpdateInTheMakingOn120Columns) {
  EXPECT_EQ(TextOf(LayOut(LostUpdateScreen(), kMiddle)), Golden(kLostUpdateAt120));
}

TEST(ScreenLayout, LargeScreensHaveTheHistoryBesideTheLanes) {
  const std::string text = TextOf(LayOut(LostUpdateScreen(), kLarge));
  EXPECT_THAT(text, HasSubstr("A P[0] READY   12 counter = 11"));
  EXPECT_THAT(text, HasSubstr(" │ 2! B read counter  -> 10\n"));
  EXPECT_THAT(text, HasSubstr("finally counter == 10 + workers"));
}

// Whatever is shown, and however small: as many lines as there are rows, and none too wide.
TEST(ScreenLayout, FitsEveryTerminal) {
  for (const StepScreen& screen : {LostUpdateScreen(), DeadlockScreen(), CrowdedScreen(100)}) {
    for (size_t columns = 1; columns <= 210; columns += columns < 45 ? 4 : 17) {
      for (size_t rows = 1; rows <= 64; rows += rows < 26 ? 2 : 11) {
        for (const bool help : {false, true}) {
          StepScreen shown = screen;
          shown.help = help;
          const ScreenPage page = LayOut(shown, {columns, rows});
          ASSERT_EQ(page.lines.size(), rows) << columns << "x" << rows;
          for (const StyledLine& line : page.lines) {
            ASSERT_LE(line.columns(), columns) << columns << "x" << rows << ": " << line.text();
          }
        }
      }
    }
  }
}

TEST(ScreenLayout, ATinyTerminalSaysThatItIsOne) {
  EXPECT_THAT(TextOf(LayOut(LostUpdateScreen(), {39, 24})), HasSubstr("too small"));
  EXPECT_THAT(TextOf(LayOut(LostUpdateScreen(), {80, 11})), HasSubstr("too small"));
  EXPECT_THAT(TextOf(LayOut(LostUpdateScreen(), {40, 12})), HasSubstr("A B step"));
}

// On the smallest screens too there is what it takes to go on: who can, the schedule, the keys.
TEST(ScreenLayout, EveryScreenShowsAllWorkersTheVerdictAndTheKeys) {
  for (const ScreenSize size : {kSmall, kMiddle, kLarge}) {
    const std::string text = TextOf(LayOut(CrowdedScreen(1000), size));
    for (char letter = 'A'; letter <= 'P'; ++letter) {
      const bool ready = (letter - 'A') % 3 != 0;
      EXPECT_THAT(text, HasSubstr(absl::StrCat(std::string(1, letter), " "))) << size.columns;
      EXPECT_THAT(text, HasSubstr(ready ? "READY" : "BLOCKED"));
    }
    EXPECT_THAT(text, HasSubstr("CHECK FAILED"));
    EXPECT_THAT(text, HasSubstr("q quit"));
    EXPECT_THAT(text, HasSubstr("schedule …AAA"));
  }
}

TEST(ScreenLayout, TheObjectThatWasTouchedAndTheNewestStepAreInSight) {
  const std::string text = TextOf(LayOut(CrowdedScreen(1000), kMiddle));
  EXPECT_THAT(text, HasSubstr(">…k_of_silver[39]"));
  EXPECT_THAT(text, HasSubstr(" of 60 "));
  EXPECT_THAT(text, HasSubstr("1000  H wait(fork_of_silver[39])"));
}

TEST(ScreenLayout, HistoryScrollsToItsBeginningAndNoFurther) {
  StepScreen screen = CrowdedScreen(1000);
  screen.pane = Pane::kHistory;
  screen.scrolls.history = -1'000'000;
  const ScreenPage page = LayOut(screen, kMiddle);
  EXPECT_THAT(TextOf(page), HasSubstr("   1  A wait(fork_of_silver[0])"));
  EXPECT_GT(page.scrolls.history, -2001);
  screen.scrolls = page.scrolls;
  screen.scrolls.history += 1;  // one line back is one line, however far it was to go
  EXPECT_THAT(TextOf(LayOut(screen, kMiddle)), Not(HasSubstr("   1  A wait")));
}

TEST(ScreenLayout, TheTextFollowsTheWorkersUnlessItIsScrolled) {
  StepScreen screen = CrowdedScreen(1000);
  EXPECT_THAT(TextOf(LayOut(screen, kSmall)), HasSubstr("H>142"));  // who made the last step
  screen.scrolls.text = -1'000'000;
  EXPECT_THAT(TextOf(LayOut(screen, kSmall)), HasSubstr("print \"日本語\""));
}

TEST(ScreenLayout, TheTextScrollsSideways) {
  StepScreen screen = LostUpdateScreen();
  EXPECT_THAT(TextOf(LayOut(screen, kSmall)), Not(HasSubstr("# two steps")));
  screen.scrolls.text_columns = 12;
  EXPECT_THAT(TextOf(LayOut(screen, kSmall)), HasSubstr("# two steps"));
}

TEST(ScreenLayout, WithoutColourNothingIsLostButColour) {
  for (const StyledLine& line : LayOut(DeadlockScreen(), kSmall).lines) {
    const std::string ansi = line.Ansi(/*colours=*/false);
    EXPECT_THAT(ansi, Not(HasSubstr("\033[3"))) << ansi;
    EXPECT_THAT(ansi, Not(HasSubstr(";3"))) << ansi;
  }
}

TEST(ScreenLayout, AGoalThatIsReachedIsSaid) {
  StepScreen screen = LostUpdateScreen();
  screen.view.set_goal_reached(true);
  EXPECT_THAT(TextOf(LayOut(screen, kSmall)), HasSubstr("goal Make the final value 11.  REACHED"));
}

TEST(ScreenLayout, EveryKeyIsInTheHelpThatFitsOn24Rows) {
  StepScreen screen = LostUpdateScreen();
  screen.help = true;
  const std::string text = TextOf(LayOut(screen, kSmall));
  for (const char* each : {"space", "u r", " v ", " f ", " w ", "tab", "arrows", "ctrl-l q",
                           "e n ?", "3!", "Why does it take two processes"}) {
    EXPECT_THAT(text, HasSubstr(each));
  }
}

// A question takes more lines than the one of the test above.
TEST(ScreenLayout, AQuestionIsNotCutOffBelowTheKeys) {
  StepScreen screen = DeadlockScreen();
  screen.help = true;
  screen.program.set_question(
      absl::StrCat(std::string(60, 'x'), " ", std::string(60, 'y'), " then the end?"));
  const std::string text = TextOf(LayOut(screen, kSmall));
  EXPECT_THAT(text, HasSubstr("then the end?"));
  EXPECT_THAT(text, HasSubstr("3!"));
  EXPECT_THAT(text, HasSubstr("h back"));
}

TEST(ScreenLayout, NamesOfWorkersHaveAThirdOfTheirPane) {
  StepScreen screen = LostUpdateScreen();
  screen.view.mutable_workers(0)->set_name("Philosopher[0]");
  EXPECT_THAT(TextOf(LayOut(screen, kSmall)), HasSubstr(" A …losopher[0] READY"));
  EXPECT_THAT(TextOf(LayOut(screen, kMiddle)), HasSubstr(" A Philosopher[0] READY"));
}

TEST(ScreenLayout, LocalsWrapWhereThereAreRows) {
  StepScreen screen = LostUpdateScreen();
  for (const char* name : {"first", "second"}) {
    v1::ProgramLocal& local = *screen.view.mutable_workers(0)->add_locals();
    local.set_name(name);
    local.set_value("9223372036854775807");
  }
  EXPECT_THAT(
      TextOf(LayOut(screen, {.columns = 80, .rows = 30})),
      AllOf(HasSubstr("first=9223372036854775807\n"), HasSubstr("second=9223372036854775807\n")));
  EXPECT_THAT(TextOf(LayOut(screen, {.columns = 80, .rows = 18})),
              Not(HasSubstr("second=9223372036854775807")));
}

TEST(ScreenLayout, WhoHoldsItIsSeenWhereTheOperationIsLong) {
  StepScreen screen = DeadlockScreen();
  for (v1::ProgramWorker& worker : *screen.view.mutable_workers()) {
    worker.set_next("lock(a_mutex_with_a_name_that_is_too_long)");
  }
  const std::string text = TextOf(LayOut(screen, {.columns = 80, .rows = 15}));
  EXPECT_THAT(text, HasSubstr("lock(a_mut…  held by B\n"));
}

TEST(ScreenLayout, ALessonThatIsTooLongEndsAtAWord) {
  StepScreen screen = LostUpdateScreen();
  screen.program.set_lesson(absl::StrCat(std::string(79, 'x'), " ", std::string(40, 'y'), " ",
                                         std::string(38, 'z'), " and more"));
  EXPECT_THAT(TextOf(LayOut(screen, kSmall)),
              HasSubstr(absl::StrCat("\n", std::string(40, 'y'), " …\n")));
}

TEST(ScreenLayout, PreemptionsAreCounted) {
  StepScreen screen = LostUpdateScreen();
  screen.view.set_preemptions(2);
  EXPECT_THAT(TextOf(LayOut(screen, kSmall)), HasSubstr("step 2, 2 preemptions\n"));
}

TEST(ScreenLayout, WhatWasFoundHasAKeyToGoAlongIt) {
  StepScreen screen = LostUpdateScreen();
  EXPECT_THAT(TextOf(LayOut(screen, kSmall)), Not(HasSubstr("n next")));
  screen.found = "lost_update racy @3f9a01c2 : A! B2 A";
  EXPECT_THAT(TextOf(LayOut(screen, kSmall)), HasSubstr("n next"));
}

TEST(ScreenLayout, AProgramWithNothingInItHasAScreenToo) {
  EXPECT_THAT(TextOf(LayOut({}, kSmall)), HasSubstr("step 0"));
}

}  // namespace
}  // namespace ipclab::cli
