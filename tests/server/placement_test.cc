#include "server/placement.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using v1::Placement;

const Topology kOneCpu = {{{.id = 3}}};
const Topology kTwoCores = {{{.id = 0, .core = 0}, {.id = 1, .core = 1}}};
// Two sockets of two cores with two threads each, numbered as Linux does: siblings come last.
const Topology kLarge = {{
    {.id = 0, .core = 0, .cache = 0, .socket = 0},
    {.id = 1, .core = 1, .cache = 0, .socket = 0},
    {.id = 2, .core = 2, .cache = 1, .socket = 1},
    {.id = 3, .core = 3, .cache = 1, .socket = 1},
    {.id = 4, .core = 0, .cache = 0, .socket = 0},
    {.id = 5, .core = 1, .cache = 0, .socket = 0},
    {.id = 6, .core = 2, .cache = 1, .socket = 1},
    {.id = 7, .core = 3, .cache = 1, .socket = 1},
}};

Placement Asked(Placement::Policy policy, const std::vector<int>& cpus = {}) {
  Placement placement;
  placement.set_policy(policy);
  placement.mutable_cpus()->Assign(cpus.begin(), cpus.end());
  return placement;
}

TEST(PlacementTest, EveryPolicyGivesTheRelationThatItNames) {
  for (const auto policy : {Placement::SAME_CPU, Placement::SAME_CORE, Placement::SAME_CACHE,
                            Placement::DIFFERENT_SOCKETS}) {
    const auto plan = PlanPlacement(kLarge, Asked(policy), 2);
    ASSERT_TRUE(plan.ok()) << plan.status();
    EXPECT_EQ(plan->placement.policy(), policy);
    ASSERT_EQ(plan->cpus.size(), 2u);
    EXPECT_EQ(RelationOf(kLarge, plan->cpus[0], plan->cpus[1]), policy)
        << Placement::Policy_Name(policy);
  }
  const auto plan = PlanPlacement(kLarge, Asked(Placement::DIFFERENT_CORES), 2);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_NE(kLarge.Find(plan->cpus[0])->core, kLarge.Find(plan->cpus[1])->core);
}

TEST(PlacementTest, CoresWithNothingInCommonAreDifferentCores) {
  const Topology topology = {{{.id = 0}, {.id = 1, .core = 1, .cache = 1}}};
  EXPECT_EQ(RelationOf(topology, 0, 1), Placement::DIFFERENT_CORES);
  EXPECT_EQ(RelationOf(topology, 0, 9), Placement::POLICY_UNSPECIFIED);
}

TEST(PlacementTest, UnspecifiedMeansDifferentCoresWhereThereAreTwo) {
  const auto two = PlanPlacement(kTwoCores, Placement(), 2);
  ASSERT_TRUE(two.ok()) << two.status();
  EXPECT_EQ(two->placement.policy(), Placement::DIFFERENT_CORES);
  EXPECT_THAT(two->cpus, ElementsAre(0, 1));
  const auto one = PlanPlacement(kOneCpu, Placement(), 2);
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_EQ(one->placement.policy(), Placement::SAME_CPU);
  EXPECT_THAT(one->cpus, ElementsAre(3, 3));
}

TEST(PlacementTest, WhatTheHostCannotGiveIsRefusedWithWhatItHas) {
  for (const auto policy :
       {Placement::SAME_CORE, Placement::DIFFERENT_CORES, Placement::DIFFERENT_SOCKETS}) {
    const absl::Status status = PlanPlacement(kOneCpu, Asked(policy), 2).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_THAT(std::string(status.message()),
                AllOf(HasSubstr(Placement::Policy_Name(policy)),
                      HasSubstr("may use CPUs 3: 1 core on 1 socket")));
  }
  const absl::Status status =
      PlanPlacement(kTwoCores, Asked(Placement::DIFFERENT_SOCKETS), 2).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("CPUs 0,1: 2 cores on 1 socket"));
}

TEST(PlacementTest, ManyWorkersGetCpusThatAllHaveTheRelation) {
  const auto cores = PlanPlacement(kLarge, Asked(Placement::DIFFERENT_CORES), 4);
  ASSERT_TRUE(cores.ok()) << cores.status();
  EXPECT_THAT(cores->cpus, ElementsAre(0, 1, 2, 3));
  const auto cache = PlanPlacement(kLarge, Asked(Placement::SAME_CACHE), 2);
  ASSERT_TRUE(cache.ok()) << cache.status();
  EXPECT_THAT(cache->cpus, ElementsAre(0, 1));
  const auto one = PlanPlacement(kLarge, Asked(Placement::SAME_CPU), 3);
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_THAT(one->cpus, ElementsAre(0, 0, 0));
}

TEST(PlacementTest, MoreWorkersThanCpusTakeTurns) {
  const auto plan = PlanPlacement(kTwoCores, Asked(Placement::DIFFERENT_CORES), 5);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->cpus, ElementsAre(0, 1, 0, 1, 0));
  EXPECT_EQ(plan->placement.policy(), Placement::DIFFERENT_CORES);
}

TEST(PlacementTest, TheRelationOfManyIsSameCpuWhereAnyTwoShareOne) {
  EXPECT_EQ(RelationOf(kTwoCores, {0, 1, 0}), Placement::SAME_CPU);
  EXPECT_EQ(RelationOf(kLarge, {0, 4}), Placement::SAME_CORE);
  EXPECT_EQ(RelationOf(kLarge, {0, 2, 1}), Placement::DIFFERENT_SOCKETS);
  EXPECT_EQ(RelationOf(kTwoCores, std::vector<int>{0}), Placement::POLICY_UNSPECIFIED);
}

TEST(PlacementTest, OneWorkerNeedsNoSecondCpu) {
  const auto plan = PlanPlacement(kOneCpu, Placement(), 1);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->cpus, ElementsAre(3));
}

TEST(PlacementTest, ExplicitCpusAreTakenAsTheyAre) {
  const auto plan = PlanPlacement(kLarge, Asked(Placement::EXPLICIT, {7, 2}), 2);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->placement.policy(), Placement::EXPLICIT);
  EXPECT_THAT(plan->cpus, ElementsAre(7, 2));
}

TEST(PlacementTest, ExplicitNeedsOneCpuPerWorker) {
  for (const std::vector<int>& cpus : {std::vector<int>{}, {0}, {0, 1, 0}}) {
    const absl::Status status =
        PlanPlacement(kTwoCores, Asked(Placement::EXPLICIT, cpus), 2).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("2, not " + std::to_string(cpus.size())));
  }
}

TEST(PlacementTest, ExplicitCpusThatAreNotThereAreRefused) {
  for (const int cpu : {-1, 2, 1'000'000}) {
    const absl::Status status =
        PlanPlacement(kTwoCores, Asked(Placement::EXPLICIT, {0, cpu}), 2).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_THAT(std::string(status.message()),
                AllOf(HasSubstr("no CPU " + std::to_string(cpu)), HasSubstr("may use CPUs 0,1")));
  }
}

TEST(PlacementTest, CpusGoWithExplicitOnly) {
  const absl::Status status =
      PlanPlacement(kTwoCores, Asked(Placement::SAME_CPU, {0, 0}), 2).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("EXPLICIT"));
}

TEST(PlacementTest, APolicyThatDoesNotExistIsTheClientsMistake) {
  const absl::Status status =
      PlanPlacement(kLarge, Asked(static_cast<Placement::Policy>(99)), 2).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
}

TEST(PlacementTest, WithoutAnyCpuNothingCanBeHad) {
  EXPECT_TRUE(absl::IsFailedPrecondition(PlanPlacement({}, Placement(), 2).status()));
}

}  // namespace
}  // namespace ipclab
