// What becomes of workers and names when the server or the zygote itself goes away.

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/ipc_name.h"
#include "gtest/gtest.h"
#include "tests/support/process_state.h"
#include "tests/support/test_crew.h"
#include "tests/support/test_zygote.h"

namespace ipclab {
namespace {

TEST(ZygoteEndTest, EndOfControlKillsAllWorkersAndEndsTheZygoteInOrder) {
  TestZygote zygote(IPCLAB_SCRIPTED_WORKER);
  TestCrew parked(zygote, {}, 1);
  TestCrew hanging(zygote, {.mechanism = "hang_in_host"}, 2);
  TestCrew stopped(zygote, {.mechanism = "stop_in_host"}, 3);
  EXPECT_EQ(zygote.Await().message.stopped().experiment(), 3u);
  zygote.CloseControl();
  const std::optional<int> status = zygote.AwaitEnd();
  ASSERT_TRUE(status.has_value());
  EXPECT_TRUE(WIFEXITED(*status) && WEXITSTATUS(*status) == 0) << *status;
  // It reaps before it exits: nothing is left to wait for.
  for (const TestCrew* crew : {&parked, &hanging, &stopped}) {
    for (size_t worker = 0; worker < crew->size(); ++worker) {
      EXPECT_TRUE(AwaitReadable(crew->pidfd(worker), std::chrono::milliseconds(0)));
      EXPECT_EQ(::kill(crew->pid(worker), 0), -1);
    }
  }
}

TEST(ZygoteEndTest, EndOfControlRemovesTheGuardedNamesAndOnlyThose) {
  const auto folder = RuntimeFolder();
  ASSERT_TRUE(folder.ok()) << folder.status();
  const std::string tag = MakeInstanceTag();
  std::vector<internal::IpcName> names;
  for (int number = 1; number <= 3; ++number) {
    names.push_back(MakeIpcName(internal::IpcName::POSIX_SHM, tag, "guard000", number, *folder));
    const UniqueFd object(::shm_open(names.back().name().c_str(), O_CREAT | O_EXCL | O_RDWR, 0600));
    ASSERT_TRUE(object) << names.back().name();
  }
  TestZygote zygote(IPCLAB_WORKER);
  internal::ToZygote guard;
  guard.mutable_guard()->set_experiment(1);
  *guard.mutable_guard()->add_names() = names[0];
  zygote.Send(guard);
  *guard.mutable_guard()->add_names() = names[1];  // replaces the list of experiment 1
  zygote.Send(guard);
  internal::ToZygote forgotten;
  forgotten.mutable_guard()->set_experiment(2);
  *forgotten.mutable_guard()->add_names() = names[2];
  zygote.Send(forgotten);
  forgotten.mutable_guard()->clear_names();
  zygote.Send(forgotten);

  zygote.CloseControl();
  ASSERT_TRUE(zygote.AwaitEnd().has_value());
  const auto left = SharedMemoryObjects();
  EXPECT_FALSE(left.contains(names[0].name().substr(1)));
  EXPECT_FALSE(left.contains(names[1].name().substr(1)));
  EXPECT_TRUE(left.contains(names[2].name().substr(1)));
  ::shm_unlink(names[2].name().c_str());
}

TEST(ZygoteEndTest, EndOfControlRemovesWhatLivingWorkersHadMade) {
  const auto folder = RuntimeFolder();
  ASSERT_TRUE(folder.ok()) << folder.status();
  const std::string tag = MakeInstanceTag();
  const std::string experiment8 = tag + "00";  // tests may run beside each other
  TestCrew::Plan plan = {.mechanism = "leaves_shm"};
  plan.names = {MakeIpcName(internal::IpcName::POSIX_SHM, tag, experiment8, 1, *folder),
                MakeIpcName(internal::IpcName::FILE, tag, experiment8, 2, *folder)};
  TestZygote zygote(IPCLAB_SCRIPTED_WORKER);
  internal::ToZygote guard;
  guard.mutable_guard()->set_experiment(1);
  guard.mutable_guard()->mutable_names()->Add(plan.names.begin(), plan.names.end());
  zygote.Send(guard);
  TestCrew crew(zygote, plan);
  ASSERT_TRUE(crew.Connect());
  ASSERT_TRUE(SharedMemoryObjects().contains(plan.names[0].name().substr(1)));
  ASSERT_EQ(::access(plan.names[1].name().c_str(), F_OK), 0);

  zygote.CloseControl();
  ASSERT_TRUE(zygote.AwaitEnd().has_value());
  EXPECT_FALSE(SharedMemoryObjects().contains(plan.names[0].name().substr(1)));
  EXPECT_NE(::access(plan.names[1].name().c_str(), F_OK), 0);
  EXPECT_NE(::access((*folder + "/" + experiment8).c_str(), F_OK), 0);
}

TEST(ZygoteEndTest, WorkersDieWithAZygoteThatIsKilled) {
  TestZygote zygote(IPCLAB_SCRIPTED_WORKER);
  TestCrew parked(zygote, {}, 1);
  ASSERT_TRUE(parked.Connect());
  TestCrew hanging(zygote, {.mechanism = "hang_in_host"}, 2);
  // Not before they have asked the kernel to end with their parent.
  EXPECT_TRUE(hanging.Await(1).has_ready());
  ::kill(zygote.pid(), SIGKILL);
  for (const TestCrew* crew : {&parked, &hanging}) {
    for (size_t worker = 0; worker < crew->size(); ++worker) {
      EXPECT_TRUE(AwaitReadable(crew->pidfd(worker)));
    }
  }
}

TEST(ZygoteEndTest, TheTerminalsSignalsDoNotEndIt) {
  TestZygote zygote(IPCLAB_WORKER);
  EXPECT_EQ(::getsid(zygote.pid()), zygote.pid());
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) ::kill(zygote.pid(), signal);
  TestCrew crew(zygote, {});
  EXPECT_TRUE(crew.Connect());
}

TEST(ZygoteEndTest, AWorkerEndsInOrderWhenItsControlIsClosed) {
  TestZygote zygote(IPCLAB_WORKER);
  TestCrew crew(zygote, {});
  ASSERT_TRUE(crew.Connect());
  crew.control(0).Close();
  const internal::Ended ended = zygote.Await().message.ended();
  EXPECT_EQ(ended.index(), 0);
  EXPECT_EQ(ended.exit_code(), 0);
  EXPECT_EQ(ended.signal(), 0);
}

}  // namespace
}  // namespace ipclab
