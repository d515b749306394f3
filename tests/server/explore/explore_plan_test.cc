#include "server/explore/explore_plan.h"

#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/error_details.h"
#include "tests/server/explore/plan_of.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Request = v1::ExploreProgramRequest;

TEST(ExplorePlanTest, FillsInWhatWasLeftOpen) {
  Request request;
  request.mutable_program()->set_source(LostUpdate());
  const ExplorePlan plan = PlanOf(request);
  EXPECT_EQ(plan.request.mode(), Request::FIND);
  EXPECT_EQ(plan.request.engine(), Request::REAL);
  EXPECT_TRUE(plan.real());
  EXPECT_EQ(plan.options.mode, SearchMode::kFind);
  EXPECT_EQ(plan.options.max_preemptions, 3);
  EXPECT_EQ(plan.options.max_steps, 10'000);
  EXPECT_EQ(plan.options.max_schedules, 1'000'000'000'000);
  EXPECT_EQ(plan.options.max_bytes, ExploreTestLimits().max_explore_bytes);
  EXPECT_EQ(plan.time_limit, absl::Minutes(1));
  EXPECT_EQ(plan.request.program().mechanisms().at("counter").mechanism(), "posix_shm");
  EXPECT_EQ(plan.request.program().hash(), HashText(plan.program->program));
}

TEST(ExplorePlanTest, ACountIsOfStatesUnlessOtherwiseSaid) {
  Request request = ExploreText(LostUpdate(), Request::COUNT);
  EXPECT_EQ(PlanOf(request).options.reduction, Reduction::kStates);
  request.set_reduction(Request::NONE);
  EXPECT_EQ(PlanOf(request).options.reduction, Reduction::kNone);
  request.set_reduction(Request::DPOR);
  EXPECT_EQ(PlanOf(request).options.reduction, Reduction::kDpor);
}

TEST(ExplorePlanTest, ASampleHasTheSeedThatWasAskedForOrOneByLot) {
  Request request = ExploreText(LostUpdate(), Request::SAMPLE);
  const ExplorePlan by_lot = PlanOf(request);
  EXPECT_EQ(by_lot.options.seed, 77u);
  EXPECT_EQ(by_lot.request.seed(), 77u);
  EXPECT_EQ(by_lot.options.sampler, Sampler::kPct);
  EXPECT_EQ(by_lot.options.depth, 3);
  EXPECT_EQ(by_lot.options.max_schedules, 10'000);
  request.set_seed(0);
  request.set_sampler(Request::UNIFORM);
  const ExplorePlan chosen = PlanOf(request);
  EXPECT_EQ(chosen.options.seed, 0u);
  EXPECT_EQ(chosen.options.sampler, Sampler::kUniform);
}

TEST(ExplorePlanTest, TheMechanismsDecideAsInAnExperiment) {
  Request request =
      ExploreText("channel c[2]\nprocess P { send(c, 1, 2)\n x = receive(c) }\n", Request::COUNT);
  (*request.mutable_program()->mutable_mechanisms())["c"].set_mechanism("posix_mq");
  EXPECT_EQ(PlanOf(request).program->program.objects[0].discipline, Discipline::kByPriority);
}

// What is wrong with a request that is right without it, and the field that is named.
struct WrongRow {
  const char* field;
  Request::Mode mode;
  std::function<void(Request&)> spoil;
};

const WrongRow kWrong[] = {
    {"mode", Request::FIND, [](Request& r) { r.set_mode(static_cast<Request::Mode>(9)); }},
    {"engine", Request::FIND, [](Request& r) { r.set_engine(static_cast<Request::Engine>(9)); }},
    {"max_preemptions", Request::COUNT, [](Request& r) { r.set_max_preemptions(1); }},
    {"max_preemptions", Request::SAMPLE, [](Request& r) { r.set_max_preemptions(0); }},
    {"max_preemptions", Request::FIND, [](Request& r) { r.set_max_preemptions(4); }},
    {"max_preemptions", Request::FIND, [](Request& r) { r.set_max_preemptions(-1); }},
    {"reduction", Request::FIND, [](Request& r) { r.set_reduction(Request::STATE); }},
    {"reduction", Request::SAMPLE, [](Request& r) { r.set_reduction(Request::NONE); }},
    {"reduction", Request::COUNT,
     [](Request& r) { r.set_reduction(static_cast<Request::Reduction>(9)); }},
    {"sampler", Request::FIND, [](Request& r) { r.set_sampler(Request::PCT); }},
    {"sampler", Request::COUNT, [](Request& r) { r.set_sampler(Request::UNIFORM); }},
    {"sampler", Request::SAMPLE,
     [](Request& r) { r.set_sampler(static_cast<Request::Sampler>(9)); }},
    {"depth", Request::COUNT, [](Request& r) { r.set_depth(3); }},
    {"depth", Request::SAMPLE, [](Request& r) { r.set_depth(11); }},
    {"depth", Request::SAMPLE, [](Request& r) { r.set_depth(-1); }},
    {"depth", Request::SAMPLE,
     [](Request& r) {
       r.set_sampler(Request::UNIFORM);
       r.set_depth(3);
     }},
    {"seed", Request::FIND, [](Request& r) { r.set_seed(0); }},
    {"max_schedules", Request::COUNT, [](Request& r) { r.set_max_schedules(-1); }},
    {"max_schedules", Request::COUNT, [](Request& r) { r.set_max_schedules(1'000'000'000'001); }},
    {"max_steps", Request::FIND, [](Request& r) { r.set_max_steps(-1); }},
    {"max_steps", Request::FIND, [](Request& r) { r.set_max_steps(100'001); }},
    {"max_memory_bytes", Request::COUNT, [](Request& r) { r.set_max_memory_bytes(-1); }},
    {"max_memory_bytes", Request::COUNT, [](Request& r) { r.set_max_memory_bytes(65 << 20); }},
    {"time_limit", Request::COUNT, [](Request& r) { r.mutable_time_limit()->set_seconds(0); }},
    {"time_limit", Request::COUNT, [](Request& r) { r.mutable_time_limit()->set_seconds(3601); }},
    {"time_limit", Request::COUNT, [](Request& r) { r.mutable_time_limit()->set_nanos(-1); }},
    {"program.schedule", Request::FIND, [](Request& r) { r.mutable_program()->set_schedule("A"); }},
    {"program.program", Request::FIND, [](Request& r) { r.clear_program(); }},
    {"program.program", Request::FIND,
     [](Request& r) {
       r.mutable_program()->clear_source();
       r.mutable_program()->set_program("there_is_none");
     }},
    {"program.source", Request::FIND, [](Request& r) { r.mutable_program()->set_source("x"); }},
    {"program.variant", Request::FIND, [](Request& r) { r.mutable_program()->set_variant("x"); }},
    {"program.parameters[\"n\"]", Request::FIND,
     [](Request& r) { (*r.mutable_program()->mutable_parameters())["n"] = 1; }},
    {"program.mechanisms[\"counter\"]", Request::FIND,
     [](Request& r) {
       (*r.mutable_program()->mutable_mechanisms())["counter"].set_mechanism("pipe");
     }},
    {"program.hash", Request::FIND, [](Request& r) { r.mutable_program()->set_hash("12345678"); }},
};

TEST(ExplorePlanTest, EveryMistakeIsNamedByItsField) {
  for (const WrongRow& row : kWrong) {
    Request request = ExploreText(LostUpdate(), row.mode);
    ASSERT_TRUE(Validated(request).ok());
    row.spoil(request);
    const absl::Status refused = Validated(request).status();
    EXPECT_TRUE(absl::IsInvalidArgument(refused)) << row.field << ": " << refused;
    EXPECT_THAT(WrongFields(refused), ElementsAre(row.field)) << refused;
  }
}

TEST(ExplorePlanTest, AllMistakesAreNamedAtOnce) {
  Request request = ExploreText("shared x = 0\nprocess P { x = q }\n", Request::COUNT);
  request.set_max_steps(-1);
  request.set_seed(3);
  request.mutable_time_limit()->set_seconds(-5);
  EXPECT_THAT(WrongFields(Validated(request).status()),
              ElementsAre("max_steps", "program.source", "seed", "time_limit"));
}

TEST(ExplorePlanTest, TheModelNeedsNothingOfTheHost) {
  Request request =
      ExploreText("semaphore s = 1 over sysv_sem\nprocess P { wait(s) }\n", Request::COUNT);
  EXPECT_TRUE(Validated(request).ok());
  request.set_engine(Request::REAL);
  const absl::Status lacking = Validated(request).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(lacking)) << lacking;
  EXPECT_THAT(Lacking(lacking), ElementsAre("MECHANISM_UNAVAILABLE"));
}

}  // namespace
}  // namespace ipclab
