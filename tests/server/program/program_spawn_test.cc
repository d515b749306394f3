#include "server/program/program_spawn.h"

#include <memory>
#include <string>
#include <vector>

#include "common/baton.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/program/validate_program.h"
#include "tests/server/program/program_catalogue.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;

constexpr char kRelay[] =
    "shared x = 0\n"
    "channel in[2] over posix_mq\n"
    "channel out[2] over posix_mq\n"
    "process Source { send(in, 1) }\n"
    "process Relay { v = receive(in)\n send(out, v)\n send(in, v) }\n"
    "process Sink { v = receive(out)\n x = v }\n";

class ProgramSpawnTest : public testing::Test {
 protected:
  ProgramSpawnTest() {
    v1::ProgramSpec& spec = *plan_.spec.mutable_program();
    spec.set_source(kRelay);
    Complaints complaints;
    plan_.program = CheckProgram(spec, ProgramShelf(), catalogue_, complaints);
    EXPECT_TRUE(complaints.violations.empty());
    plan_.shape.roles.resize(3);
    plan_.cpus = {0, 1, 0};
  }

  const Catalogue catalogue_ = ProgramMechanisms();
  ExperimentPlan plan_;
};

TEST_F(ProgramSpawnTest, TheTextGoesOnceAndEachIsToldWhichProgramItIs) {
  const internal::Spawn spawn = SpawnOf(7, plan_, {});
  EXPECT_EQ(spawn.experiment(), 7u);
  EXPECT_EQ(spawn.extra(), kRelay);
  EXPECT_EQ(static_cast<size_t>(spawn.extra_bytes()),
            ExtraBytes(sizeof kRelay - 1, plan_.program->program.state_words));
  ASSERT_EQ(spawn.workers_size(), 3);
  for (const internal::WorkerSetup& worker : spawn.workers()) {
    EXPECT_EQ(worker.program().hash(), HashText(plan_.program->program));
    EXPECT_FALSE(worker.has_measure());
    EXPECT_EQ(worker.crew(), 3);
  }
  EXPECT_TRUE(spawn.workers(0).shares_cpu());
  EXPECT_FALSE(spawn.workers(1).shares_cpu());
}

TEST_F(ProgramSpawnTest, WhoSendsAndReceivesHasTwoEndsAndTheFirstSenderHosts) {
  const internal::Spawn spawn = SpawnOf(1, plan_, {});
  const auto ends = [&](int worker) {
    std::vector<std::string> all;
    for (const internal::LinkSetup& link : spawn.workers(worker).links()) {
      all.push_back(std::to_string(link.link()) + (link.sends() ? "s" : "r") +
                    (link.host() ? "h" : ""));
    }
    return all;
  };
  // Cells, in, out.
  EXPECT_THAT(ends(0), ElementsAre("0sh", "1sh"));
  EXPECT_THAT(ends(1), ElementsAre("0s", "1s", "1r", "2sh"));
  EXPECT_THAT(ends(2), ElementsAre("0s", "2r"));
  const internal::LinkSetup& in = spawn.workers(1).links(1);
  EXPECT_EQ(in.senders(), 2);
  EXPECT_EQ(in.receivers(), 1);
  EXPECT_EQ(in.object().object(), 1);
  EXPECT_EQ(in.object().mechanism().mechanism(), "posix_mq");
}

TEST_F(ProgramSpawnTest, NamesAreOfObjectsForCellsAndOfLinksForChannels) {
  EXPECT_THAT(NamesNeeded(plan_),
              ElementsAre(internal::IpcName::POSIX_SHM, internal::IpcName::POSIX_MQ,
                          internal::IpcName::POSIX_MQ));
  std::vector<internal::IpcName> names(3);
  for (size_t i = 0; i < 3; ++i) names[i].set_name(std::to_string(i));
  const internal::Spawn spawn = SpawnOf(1, plan_, names);
  for (const internal::WorkerSetup& worker : spawn.workers()) {
    for (const internal::LinkSetup& link : worker.links()) {
      ASSERT_EQ(link.names_size(), 1);
      EXPECT_EQ(link.names(0).name(), std::to_string(link.link()));
    }
  }
}

TEST_F(ProgramSpawnTest, WorkersAreCalledAsInTheProgram) {
  EXPECT_THAT(RolesOf(plan_), ElementsAre("Source", "Relay", "Sink"));
  EXPECT_THAT(WorkerNamesOf(plan_),
              ElementsAre("worker A (Source)", "worker B (Relay)", "worker C (Sink)"));
}

}  // namespace
}  // namespace ipclab
