// Why a schedule fails: what is said, and that it is so.

#include "common/explore/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/explore/outcomes.h"
#include "common/program/apply.h"
#include "tests/common/explore/all_ends.h"
#include "tests/common/program_run.h"
#include "tests/programs/catalogue.h"
#include "tests/programs/catalogue_cases.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

Explanation Explained(std::string_view program, std::string_view variant, std::string_view items) {
  return Explain(CatalogueProgram(program, variant), StepsOf(items));
}

TEST(ExplainTest, LostUpdateIsAReadBeforeTheOthersWrite) {
  const Explanation explanation = Explained("lost_update", "racy", "A! B2 A");
  EXPECT_EQ(explanation.sentence,
            "A reads counter (line 22) before B writes it (line 22). When B writes counter first, "
            "the program passes.");
  EXPECT_THAT(explanation.check, HasSubstr("counter is 11"));
  ASSERT_TRUE(explanation.first && explanation.second);
  EXPECT_EQ(explanation.first->worker, 0);
  EXPECT_EQ(explanation.first->number, 1);
  EXPECT_EQ(explanation.first->operation, "read counter");
  EXPECT_EQ(explanation.second->worker, 1);
  EXPECT_EQ(explanation.second->number, 2);
  EXPECT_EQ(explanation.second->operation, "counter = 11");
  EXPECT_THAT(explanation.waits, IsEmpty());
}

TEST(ExplainTest, CheckThenActIsAReadBeforeTheOthersAct) {
  EXPECT_EQ(Explained("withdrawal", "unguarded", "A! B2 A").sentence,
            "A reads balance (line 27) before B adds to it (line 28). When B adds to balance "
            "first, the program passes.");
}

TEST(ExplainTest, OfADeadlockSaysWhoWaitsForWhom) {
  const Explanation explanation = Explained("ab_ba_locks", "opposite", "A! B");
  EXPECT_EQ(explanation.sentence,
            "B locks b (line 26) before A can lock it (line 19). A waits for b, held by B; B waits "
            "for a, held by A. When A locks b first, the program passes.");
  EXPECT_THAT(explanation.waits,
              ElementsAre("A waits for b, held by B", "B waits for a, held by A"));
  ASSERT_TRUE(explanation.second);
  EXPECT_EQ(explanation.second->operation, "lock(b)") << "it was never made";
}

TEST(ExplainTest, ALostWakeUpIsASignalBeforeTheSleep) {
  EXPECT_THAT(Explained("lost_wakeup", "test_then_sleep", "A2! B2 A").sentence,
              StartsWith("B signals changed (line 38) before A goes to sleep on it (line 20)."));
}

TEST(ExplainTest, SaysWhichTimeOfALoopItWas) {
  EXPECT_THAT(Explained("barrier_reuse", "one_gate", "A2 B11").sentence,
              StartsWith("B takes gate (line 30, the 2nd time) before A can take it (line 30, the "
                         "1st time)."));
}

TEST(ExplainTest, SaysWhomASignalShouldHaveWoken) {
  const Explanation explanation =
      Explained("bounded_buffer_conditions", "one_condition", "B3 C3 A4 A>B A4 B4 B>C B C3");
  EXPECT_THAT(explanation.sentence, StartsWith("B signals filled (line 39) and wakes C."));
  EXPECT_THAT(explanation.sentence, HasSubstr("When A is woken, the program passes."));
}

TEST(ExplainTest, ThatTwoWereInsideIsNoReason) {
  const Explanation explanation = Explained("spinlock", "test_then_set", "A! B3! A2");
  EXPECT_THAT(explanation.sentence, StartsWith("B reads taken (line 21, the 1st time) before A "
                                               "writes it (line 22)."));
}

TEST(ExplainTest, SaysWhenNoOrderHelps) {
  const Explanation explanation = Explained("two_full_pipes", "both_write", "A B");
  EXPECT_THAT(explanation.sentence,
              StartsWith("Every schedule fails, whatever the order of the steps: deadlock: "));
  EXPECT_FALSE(explanation.first);
  EXPECT_FALSE(explanation.second);
  EXPECT_THAT(explanation.passing, IsEmpty());
}

TEST(ExplainTest, ChangesTwoThingsWhereOneDoesNotDo) {
  const Program program = Compiled(R"(
shared x = 0
shared y = 0
shared seen = 0
process P { x = 1 }
process Q { y = 1 }
process R { if x == 0 { atomic_add(seen, 1) } }
process S { if y == 0 { atomic_add(seen, 1) } }
finally seen == 2
)");
  const Explanation explanation = Explain(program, StepsOf("A B C D"));
  EXPECT_EQ(FormatItems(program, explanation.passing), "C! A D! B D C");
  EXPECT_THAT(explanation.sentence, StartsWith("A writes x (line 5) before C reads it (line 7)."));
}

// What is near a schedule of 4 800 steps is more than anybody waits for.
TEST(ExplainTest, SaysOfLongSchedulesWhatItTried) {
  const Program program =
      CatalogueProgram("lost_update", "racy", {{"workers", 8}, {"rounds", 300}});
  std::vector<Choose> failing;
  for (int i = 0; i < 2 * 300 * 8; ++i) failing.push_back({static_cast<int8_t>(i % 8), -1});
  const Explanation explanation = Explain(program, failing);
  EXPECT_THAT(explanation.sentence, StartsWith("Every schedule tried fails"));
  EXPECT_THAT(explanation.passing, IsEmpty());
}

TEST(ExplainTest, OfWhatDoesNotFailSaysSo) {
  EXPECT_EQ(Explained("lost_update", "racy", "A2 B2").sentence,
            "The program does not fail with this schedule.");
}

class ExplainCatalogueTest : public ::testing::TestWithParam<CatalogueCase> {};

bool SomeSchedulePasses(const Program& program) {
  for (const auto& [outcome, failing, deadlocked] : AllEnds(program)) {
    if (!failing) return true;
  }
  return false;
}

TEST_P(ExplainCatalogueTest, NamesAPairWhoseOrderIsTurnedAroundWhereItPasses) {
  const Program program = CatalogueProgram(GetParam().program, GetParam().variant);
  const Explanation explanation = Explain(program, StepsOf(GetParam().schedule));
  EXPECT_EQ(explanation.check, GetParam().failure);
  ASSERT_FALSE(explanation.sentence.empty());
  EXPECT_EQ(explanation.sentence.back(), '.');
  ASSERT_EQ(explanation.first.has_value(), SomeSchedulePasses(program)) << explanation.sentence;
  if (!explanation.first) return;

  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  ASSERT_TRUE(Follow(program, explanation.passing, state.data()).ok());
  EXPECT_FALSE(HasFailed(state.data()));
  EXPECT_EQ(EnabledOf(program, state.data()), 0u) << "it does not come to an end";

  const auto place = [](const std::vector<Choose>& steps, const ExplainedStep& step) {
    int made = 0;
    for (size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].worker == step.worker && ++made == step.number) return i;
    }
    return steps.size();
  };
  const std::vector<Choose> failing = StepsOf(GetParam().schedule);
  EXPECT_LT(place(failing, *explanation.first), place(failing, *explanation.second));
  EXPECT_GT(place(explanation.passing, *explanation.first),
            place(explanation.passing, *explanation.second));
}

std::vector<CatalogueCase> CasesThatFail() {
  std::vector<CatalogueCase> cases;
  for (const CatalogueCase& each : CatalogueCases()) {
    if (each.fails()) cases.push_back(each);
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, ExplainCatalogueTest, ::testing::ValuesIn(CasesThatFail()),
                         [](const auto& each) { return each.param.name(); });

}  // namespace
}  // namespace ipclab
