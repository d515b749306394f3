#include "server/spawn_plan.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;

ExperimentPlan Plan(const internal::MechanismRecord& mechanism, CrewShape shape,
                    std::vector<int> cpus = {4, 2}) {
  ExperimentPlan plan;
  plan.mechanism = &mechanism;
  plan.shape = std::move(shape);
  plan.cpus = std::move(cpus);
  return plan;
}

const CrewShape kStream = {{internal::SENDER, internal::RECEIVER}, {{{0}, {1}}}};

internal::IpcName Name(const std::string& name) {
  internal::IpcName result;
  result.set_name(name);
  return result;
}

TEST(SpawnPlanTest, TheSenderHostsTheLinkThatTheReceiverJoins) {
  internal::MechanismRecord mechanism;
  mechanism.add_name_kinds(internal::IpcName::FILE);
  const internal::Spawn spawn = PlanSpawn(7, Plan(mechanism, kStream), {Name("/a")});
  EXPECT_EQ(spawn.experiment(), 7u);
  ASSERT_EQ(spawn.workers_size(), 2);
  for (int index = 0; index < 2; ++index) {
    const internal::WorkerSetup& worker = spawn.workers(index);
    EXPECT_EQ(worker.index(), index);
    EXPECT_EQ(worker.role(), index == 0 ? internal::SENDER : internal::RECEIVER);
    EXPECT_EQ(worker.cpu(), index == 0 ? 4 : 2);
    EXPECT_EQ(worker.crew(), 2);
    ASSERT_EQ(worker.links_size(), 1);
    EXPECT_EQ(worker.links(0).host(), index == 0);
    EXPECT_EQ(worker.links(0).sends(), index == 0);
    EXPECT_FALSE(worker.links(0).duplex());
    EXPECT_EQ(worker.links(0).senders(), 1);
    EXPECT_EQ(worker.links(0).receivers(), 1);
    ASSERT_EQ(worker.links(0).names_size(), 1);
    EXPECT_EQ(worker.links(0).names(0).name(), "/a");
  }
}

TEST(SpawnPlanTest, ARoundTripGoesBothWays) {
  const internal::MechanismRecord mechanism;
  const CrewShape shape = {{internal::INITIATOR, internal::RESPONDER}, {{{0}, {1}, true}}};
  const internal::Spawn spawn = PlanSpawn(1, Plan(mechanism, shape), {});
  EXPECT_TRUE(spawn.workers(0).links(0).duplex());
  EXPECT_TRUE(spawn.workers(1).links(0).duplex());
}

TEST(SpawnPlanTest, EveryLinkHasItsOwnNamesAndTellsWhoseMessagesComeOnIt) {
  internal::MechanismRecord mechanism;
  mechanism.add_name_kinds(internal::IpcName::FILE);
  mechanism.add_name_kinds(internal::IpcName::POSIX_SHM);
  const CrewShape shape = {{internal::SENDER, internal::SENDER, internal::RECEIVER},
                           {{{0}, {2}}, {{1}, {2}}}};
  const ExperimentPlan plan = Plan(mechanism, shape, {0, 1, 0});
  EXPECT_THAT(NameKindsOf(plan),
              ElementsAre(internal::IpcName::FILE, internal::IpcName::POSIX_SHM,
                          internal::IpcName::FILE, internal::IpcName::POSIX_SHM));
  const internal::Spawn spawn = PlanSpawn(1, plan, {Name("a"), Name("b"), Name("c"), Name("d")});
  EXPECT_EQ(spawn.workers(0).rank(), 0);
  EXPECT_EQ(spawn.workers(1).rank(), 1);
  EXPECT_EQ(spawn.workers(2).rank(), 0);
  ASSERT_EQ(spawn.workers(1).links_size(), 1);
  EXPECT_TRUE(spawn.workers(1).links(0).host());
  EXPECT_EQ(spawn.workers(1).links(0).link(), 1);
  EXPECT_EQ(spawn.workers(1).links(0).names(1).name(), "d");
  const internal::WorkerSetup& receiver = spawn.workers(2);
  ASSERT_EQ(receiver.links_size(), 2);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(receiver.links(i).link(), i);
    EXPECT_EQ(receiver.links(i).sender_rank(), i);
    EXPECT_FALSE(receiver.links(i).host());
    EXPECT_FALSE(receiver.links(i).sends());
  }
  EXPECT_EQ(receiver.links(1).names(0).name(), "c");
}

TEST(SpawnPlanTest, OneObjectOfManyHasOneHost) {
  const internal::MechanismRecord mechanism;
  const CrewShape shape = {
      {internal::SENDER, internal::SENDER, internal::RECEIVER, internal::RECEIVER},
      {{{0, 1}, {2, 3}}}};
  const internal::Spawn spawn = PlanSpawn(1, Plan(mechanism, shape, {0, 1, 2, 3}), {});
  for (int index = 0; index < 4; ++index) {
    ASSERT_EQ(spawn.workers(index).links_size(), 1);
    const internal::LinkSetup& link = spawn.workers(index).links(0);
    EXPECT_EQ(link.host(), index == 0);
    EXPECT_EQ(link.sends(), index < 2);
    EXPECT_EQ(link.senders(), 2);
    EXPECT_EQ(link.receivers(), 2);
  }
  EXPECT_EQ(spawn.workers(3).rank(), 1);
}

TEST(SpawnPlanTest, ARelayFindsTheLinkThatItReceivesOnFirst) {
  const internal::MechanismRecord mechanism;
  const CrewShape shape = {{internal::SENDER, internal::RELAY, internal::RECEIVER},
                           {{{0}, {1}}, {{1}, {2}}}};
  const internal::Spawn spawn = PlanSpawn(1, Plan(mechanism, shape, {0, 1, 2}), {});
  const internal::WorkerSetup& relay = spawn.workers(1);
  ASSERT_EQ(relay.links_size(), 2);
  EXPECT_FALSE(relay.links(0).sends());
  EXPECT_TRUE(relay.links(1).sends());
  EXPECT_TRUE(relay.links(1).host());
}

TEST(SpawnPlanTest, WhoSharesItsCpuIsTold) {
  const internal::MechanismRecord mechanism;
  const CrewShape shape = {{internal::SENDER, internal::SENDER, internal::RECEIVER},
                           {{{0}, {2}}, {{1}, {2}}}};
  const internal::Spawn spawn = PlanSpawn(1, Plan(mechanism, shape, {0, 1, 0}), {});
  EXPECT_TRUE(spawn.workers(0).shares_cpu());
  EXPECT_FALSE(spawn.workers(1).shares_cpu());
  EXPECT_TRUE(spawn.workers(2).shares_cpu());
}

}  // namespace
}  // namespace ipclab
