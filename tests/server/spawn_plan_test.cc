#include "server/spawn_plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;

ExperimentPlan Plan(v1::Pattern::Kind pattern, const internal::MechanismRecord& mechanism) {
  ExperimentPlan plan;
  plan.spec.mutable_measure()->set_pattern(pattern);
  plan.mechanism = &mechanism;
  plan.roles = {internal::SENDER, internal::RECEIVER};
  plan.cpus = {4, 2};
  return plan;
}

TEST(SpawnPlanTest, TheFirstWorkerHostsTheLinkThatTheSecondJoins) {
  const internal::MechanismRecord mechanism;
  internal::IpcName name;
  name.set_name("/a");
  const internal::Spawn spawn = PlanSpawn(7, Plan(v1::Pattern::STREAM, mechanism), {name});
  EXPECT_EQ(spawn.experiment(), 7u);
  ASSERT_EQ(spawn.workers_size(), 2);
  for (int index = 0; index < 2; ++index) {
    const internal::WorkerSetup& worker = spawn.workers(index);
    EXPECT_EQ(worker.index(), index);
    EXPECT_EQ(worker.role(), index == 0 ? internal::SENDER : internal::RECEIVER);
    EXPECT_EQ(worker.cpu(), index == 0 ? 4 : 2);
    ASSERT_EQ(worker.links_size(), 1);
    EXPECT_EQ(worker.links(0).host(), index == 0);
    EXPECT_EQ(worker.links(0).sends(), index == 0);
    EXPECT_FALSE(worker.links(0).duplex());
    EXPECT_EQ(worker.links(0).names(0).name(), "/a");
  }
}

TEST(SpawnPlanTest, ARoundTripGoesBothWays) {
  const internal::MechanismRecord mechanism;
  const internal::Spawn spawn = PlanSpawn(1, Plan(v1::Pattern::ROUND_TRIP, mechanism), {});
  EXPECT_TRUE(spawn.workers(0).links(0).duplex());
  EXPECT_TRUE(spawn.workers(1).links(0).duplex());
}

TEST(SpawnPlanTest, NamesAreThoseOfTheMechanism) {
  internal::MechanismRecord mechanism;
  mechanism.add_name_kinds(internal::IpcName::FILE);
  mechanism.add_name_kinds(internal::IpcName::POSIX_SHM);
  EXPECT_THAT(NameKindsOf(Plan(v1::Pattern::STREAM, mechanism)),
              ElementsAre(internal::IpcName::FILE, internal::IpcName::POSIX_SHM));
}

}  // namespace
}  // namespace ipclab
