#include "worker/zygote.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/ipc_name.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/process_state.h"
#include "tests/support/test_crew.h"
#include "tests/support/test_zygote.h"

namespace ipclab {
namespace {

using testing::AllOf;
using testing::Property;

TEST(ZygoteTest, HelloTellsOfEveryMechanismAndTheClock) {
  const TestZygote zygote(IPCLAB_WORKER);
  ASSERT_NE(zygote.Find("pipe"), nullptr);
  EXPECT_TRUE(zygote.Find("pipe")->mechanism().available());
  EXPECT_EQ(zygote.Find("pipe")->mechanism().name(), "mechanisms/pipe");
  EXPECT_FALSE(zygote.Find("pipe")->mechanism().loopback());
  ASSERT_NE(zygote.Find("null"), nullptr);
  EXPECT_TRUE(zygote.Find("null")->mechanism().loopback());
  const v1::Environment& environment = zygote.hello().environment();
  EXPECT_THAT(environment.worker_clock(), testing::AnyOf("tsc", "clock_gettime"));
  EXPECT_GT(environment.clock_cost_nanos(), 0);
  EXPECT_GT(environment.clock_step_nanos(), 0);
  EXPECT_GT(environment.clock_hertz(), 1e6);
  EXPECT_FALSE(environment.build().empty());
}

TEST(ZygoteTest, HelloTellsWhyAMechanismIsUnavailable) {
  const TestZygote zygote(IPCLAB_SCRIPTED_WORKER);
  ASSERT_NE(zygote.Find("not_here"), nullptr);
  EXPECT_FALSE(zygote.Find("not_here")->mechanism().available());
  EXPECT_NE(zygote.Find("not_here")->mechanism().unavailable_reason(), "");
  ASSERT_NE(zygote.Find("leaves_shm"), nullptr);
  EXPECT_EQ(zygote.Find("leaves_shm")->name_kinds_size(), 2);
}

TEST(ZygoteTest, CarriesAnExperimentFromSpawnToItsWorkersEnds) {
  TestZygote zygote(IPCLAB_WORKER);
  TestCrew crew(zygote, {}, /*experiment=*/77);
  ASSERT_TRUE(crew.Connect());
  crew.RunLeg(100);
  EXPECT_EQ(crew.page(0).messages, 100);
  for (const internal::Ended& ended : crew.Quit()) {
    EXPECT_EQ(ended.experiment(), 77u);
    EXPECT_EQ(ended.exit_code(), 0);
    EXPECT_EQ(ended.signal(), 0);
    EXPECT_GT(ended.peak_bytes(), 0);
    EXPECT_GT(ended.user_nanos() + ended.system_nanos(), 0);
  }
  EXPECT_TRUE(Workers(zygote.pid()).empty());
}

TEST(ZygoteTest, ReportsTheSignalThatKilledAWorkerAndNotAsWantOfMemory) {
  TestZygote zygote(IPCLAB_WORKER);
  TestCrew crew(zygote, {});
  ::kill(crew.pid(1), SIGKILL);
  const internal::FromZygote report = zygote.Await().message;
  EXPECT_EQ(report.ended().index(), 1);
  EXPECT_EQ(report.ended().signal(), SIGKILL);
  EXPECT_FALSE(report.ended().out_of_memory());
}

TEST(ZygoteTest, ReportsAStoppedWorkerWhichCanGoOnAfterwards) {
  TestZygote zygote(IPCLAB_WORKER);
  TestCrew crew(zygote, {}, 5);
  ASSERT_TRUE(crew.Connect());
  ::kill(crew.pid(0), SIGSTOP);
  const internal::FromZygote report = zygote.Await().message;
  EXPECT_EQ(report.stopped().experiment(), 5u);
  EXPECT_EQ(report.stopped().index(), 0);
  EXPECT_EQ(report.stopped().signal(), SIGSTOP);
  ::kill(crew.pid(0), SIGCONT);
  crew.RunLeg(10);
  EXPECT_EQ(crew.page(1).messages, 10);
}

TEST(ZygoteTest, ReportsTheExitCodeOfAWorkerThatLeftByItself) {
  TestZygote zygote(IPCLAB_SCRIPTED_WORKER);
  TestCrew crew(zygote, {.mechanism = "exit3_in_host"});
  const internal::FromZygote report = zygote.Await().message;
  EXPECT_EQ(report.ended().index(), 0);
  EXPECT_EQ(report.ended().exit_code(), 3);
  EXPECT_EQ(report.ended().signal(), 0);
}

TEST(ZygoteTest, RefusesASpawnWhoseWorkersAreNotInOrderAndServesTheNext) {
  TestZygote zygote(IPCLAB_WORKER);
  internal::ToZygote command;
  *command.mutable_spawn() = TestCrew::MakeSpawn(zygote, 9, {});
  command.mutable_spawn()->mutable_workers(1)->set_index(5);
  zygote.Send(command);
  const TestZygote::Answer answer = zygote.Await();
  EXPECT_EQ(answer.message.spawned().experiment(), 9u);
  EXPECT_EQ(answer.message.spawned().error(), EINVAL);
  EXPECT_TRUE(answer.descriptors.empty());
  TestCrew crew(zygote, {});
  EXPECT_TRUE(crew.Connect());
}

TEST(ZygoteTest, StartsNoneWhenThereAreMoreThanOneMessageCanCarry) {
  TestZygote zygote(IPCLAB_WORKER);
  internal::ToZygote command;
  *command.mutable_spawn() = TestCrew::MakeSpawn(zygote, 9, {});
  internal::Spawn& spawn = *command.mutable_spawn();
  for (int index = 2; index < 70; ++index) {
    *spawn.add_workers() = spawn.workers(1);
    spawn.mutable_workers(index)->set_index(index);
  }
  zygote.Send(command);
  const TestZygote::Answer answer = zygote.Await();
  EXPECT_NE(answer.message.spawned().error(), 0);
  EXPECT_NE(answer.message.spawned().what(), "");
  EXPECT_EQ(answer.message.spawned().pids_size(), 0);
  EXPECT_TRUE(answer.descriptors.empty());
  EXPECT_TRUE(Workers(zygote.pid()).empty());
}

TEST(ZygoteTest, KillsThoseAlreadyStartedWhenTheRestCannotBe) {
  TestZygote zygote(IPCLAB_WORKER);
  AwaitRest(zygote.pid());
  // Room for the pages and a socket pair, but not for the pidfd of a worker that is not spare.
  const rlim_t open = OpenDescriptors(zygote.pid()).size();
  const rlimit few = {open + 3, open + 3};
  ASSERT_EQ(::prlimit(zygote.pid(), RLIMIT_NOFILE, &few, nullptr), 0);
  internal::ToZygote command;
  *command.mutable_spawn() = TestCrew::MakeSpawn(zygote, 9, {});
  internal::WorkerSetup& third = *command.mutable_spawn()->add_workers();
  third = command.spawn().workers(1);
  third.set_index(2);
  zygote.Send(command);
  const TestZygote::Answer answer = zygote.Await();
  EXPECT_EQ(answer.message.spawned().error(), EMFILE) << answer.message.ShortDebugString();
  EXPECT_EQ(answer.message.spawned().what(), "start worker 2");
  EXPECT_EQ(answer.message.spawned().pids_size(), 0);
  EXPECT_TRUE(Workers(zygote.pid()).empty());
  AwaitRest(zygote.pid());
  EXPECT_EQ(OpenDescriptors(zygote.pid()).size(), open);
}

TEST(ZygoteTest, HoldsNothingOfExperimentsThatLiveOrAreOver) {
  TestZygote zygote(IPCLAB_WORKER);
  AwaitRest(zygote.pid());
  const size_t before = OpenDescriptors(zygote.pid()).size();
  for (uint64_t experiment = 1; experiment <= 100; ++experiment) {
    TestCrew crew(zygote, {}, experiment);
    ASSERT_TRUE(crew.Connect());  // by now they are no spares any more
    AwaitRest(zygote.pid());
    EXPECT_EQ(OpenDescriptors(zygote.pid()).size(), before);
    for (const internal::Ended& ended : crew.Quit()) EXPECT_EQ(ended.experiment(), experiment);
  }
  AwaitRest(zygote.pid());
  EXPECT_EQ(OpenDescriptors(zygote.pid()).size(), before);
  EXPECT_TRUE(Workers(zygote.pid()).empty());
}

TEST(ZygoteTest, SpareWorkersThatDieOrStopAreReplaced) {
  TestZygote zygote(IPCLAB_WORKER);
  for (const int signal : {SIGKILL, SIGSTOP}) {
    AwaitRest(zygote.pid());
    for (const pid_t spare : Spares(zygote.pid())) {
      const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, spare, 0)));
      ::kill(spare, signal);
      pollfd ended = {pidfd.get(), POLLIN, 0};
      ASSERT_EQ(::poll(&ended, 1, /*timeout=*/5000), 1)
          << "a stopped one is of no use: it is killed";
    }
    TestCrew crew(zygote, {});
    ASSERT_TRUE(crew.Connect());
    crew.RunLeg(10);
    crew.Quit();
  }
}

TEST(ZygoteTest, ReclaimsAnObjectOnceAndSaysWhenThereIsNone) {
  TestZygote zygote(IPCLAB_WORKER);
  const internal::IpcName name =
      MakeIpcName(internal::IpcName::POSIX_SHM, MakeInstanceTag(), "reclaim0", 1, "/nowhere");
  const UniqueFd object(::shm_open(name.name().c_str(), O_CREAT | O_EXCL | O_RDWR, 0600));
  ASSERT_TRUE(object);
  internal::ToZygote command;
  command.mutable_reclaim()->set_request(11);
  *command.mutable_reclaim()->mutable_name() = name;
  zygote.Send(command);
  internal::FromZygote answer = zygote.Await().message;
  EXPECT_EQ(answer.reclaimed().request(), 11u);
  EXPECT_TRUE(answer.reclaimed().removed());
  EXPECT_EQ(answer.reclaimed().error(), "");
  zygote.Send(command);
  answer = zygote.Await().message;
  EXPECT_FALSE(answer.reclaimed().removed());
  EXPECT_EQ(answer.reclaimed().error(), "");
}

TEST(ZygoteTest, RefusesToReclaimWhatIsNotTheLabs) {
  TestZygote zygote(IPCLAB_WORKER);
  internal::ToZygote command;
  command.mutable_reclaim()->mutable_name()->set_kind(internal::IpcName::FILE);
  command.mutable_reclaim()->mutable_name()->set_name("/etc/hostname");
  zygote.Send(command);
  EXPECT_NE(zygote.Await().message.reclaimed().error(), "");
}

}  // namespace
}  // namespace ipclab
