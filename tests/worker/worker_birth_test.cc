// What a worker has and is once it is ready.

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/process_state.h"
#include "tests/support/test_crew.h"
#include "tests/support/test_zygote.h"

namespace ipclab {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class WorkerBirthTest : public testing::Test {
 protected:
  uint64_t Signals(pid_t pid, const std::string& key) {
    return std::strtoull(StatusLine(pid, key).c_str(), nullptr, 16);
  }

  TestZygote zygote_{IPCLAB_WORKER};
};

TEST_F(WorkerBirthTest, HoldsOnlyItsOwnDescriptors) {
  TestCrew other(zygote_, {}, 1);
  ASSERT_TRUE(other.Connect());
  TestCrew crew(zygote_, {}, 2);
  ASSERT_TRUE(crew.Connect());
  for (size_t worker = 0; worker < 2; ++worker) {
    // Standard streams, the control socket, and one end of each of two pipes.
    const std::vector<std::string> open = OpenDescriptors(crew.pid(worker));
    EXPECT_THAT(open, testing::SizeIs(6));
    EXPECT_EQ(std::ranges::count_if(open, [](auto& to) { return to.starts_with("socket:"); }), 1);
    EXPECT_GE(std::ranges::count_if(open, [](auto& to) { return to.starts_with("pipe:"); }), 2);
    EXPECT_GE(std::ranges::count(open, "/dev/null"), 2);
  }
}

TEST_F(WorkerBirthTest, IsPinnedToItsCpu) {
  TestCrew crew(zygote_, {});
  ASSERT_TRUE(crew.Connect());
  for (int worker = 0; worker < 2; ++worker) {
    cpu_set_t set;
    ASSERT_EQ(sched_getaffinity(crew.pid(static_cast<size_t>(worker)), sizeof set, &set), 0);
    EXPECT_EQ(CPU_COUNT(&set), 1);
    EXPECT_TRUE(CPU_ISSET(TestCpu(worker), &set));
  }
}

TEST_F(WorkerBirthTest, IsAGroupOfItsOwnInTheZygotesSession) {
  TestCrew crew(zygote_, {});
  ASSERT_TRUE(crew.Connect());
  const pid_t pid = crew.pid(1);
  EXPECT_EQ(::getpgid(pid), pid);
  EXPECT_EQ(::getsid(pid), zygote_.pid());
}

TEST_F(WorkerBirthTest, HasNoPrivilegesToGainNorACoreToDump) {
  TestCrew crew(zygote_, {});
  ASSERT_TRUE(crew.Connect());
  const pid_t pid = crew.pid(1);
  EXPECT_EQ(StatusLine(pid, "NoNewPrivs"), "1");
  EXPECT_EQ(StatusLine(pid, "Name"), "ipclab-w1");
  rlimit core = {1, 1};
  ASSERT_EQ(::prlimit(pid, RLIMIT_CORE, nullptr, &core), 0);
  EXPECT_EQ(core.rlim_max, 0u);
}

TEST_F(WorkerBirthTest, HasOneThread) {
#if defined(IPCLAB_SANITIZE)
  if (std::string_view(IPCLAB_SANITIZE) == "thread") {
    GTEST_SKIP() << "the thread sanitizer has a thread of its own";
  }
#endif
  TestCrew crew(zygote_, {});
  ASSERT_TRUE(crew.Connect());
  EXPECT_EQ(StatusLine(crew.pid(0), "Threads"), "1");
}

TEST_F(WorkerBirthTest, HasDefaultSignalsButForAnIgnoredSigpipe) {
  TestCrew crew(zygote_, {});
  ASSERT_TRUE(crew.Connect());
  EXPECT_EQ(Signals(crew.pid(0), "SigBlk"), 0u);
  // 32 and 33 are the C library's own: nobody else can set them.
  constexpr uint64_t kOurs = ~(uint64_t{3} << 31);
  EXPECT_EQ(Signals(crew.pid(0), "SigIgn") & kOurs, uint64_t{1} << (SIGPIPE - 1));
  ::kill(crew.pid(0), SIGTERM);
  EXPECT_EQ(zygote_.Await().message.ended().signal(), SIGTERM);
}

TEST_F(WorkerBirthTest, StaysSmallUntilItsFirstLeg) {
  TestCrew crew(zygote_, {.message_bytes = 16 << 20});
  ASSERT_TRUE(crew.Connect());
  EXPECT_LT(std::strtol(StatusLine(crew.pid(0), "RssShmem").c_str(), nullptr, 10), 64);
}

TEST_F(WorkerBirthTest, FailsNamingTheCpuThatItCannotHave) {
  internal::ToZygote command;
  *command.mutable_spawn() = TestCrew::MakeSpawn(zygote_, 1, {});
  command.mutable_spawn()->mutable_workers(0)->set_cpu(1023);
  zygote_.Send(command);
  TestZygote::Answer answer = zygote_.Await();
  ASSERT_EQ(answer.descriptors.size(), 5u);
  MessageSocket control(std::move(answer.descriptors[2]));
  internal::FromWorker message;
  const auto received = AwaitMessage(control);
  ASSERT_TRUE(received.has_value() && received->Parse(message).ok());
  EXPECT_EQ(message.failed().kind(), internal::Failed::ERROR);
  EXPECT_THAT(message.failed().message(), HasSubstr("cpu 1023"));
  EXPECT_EQ(zygote_.Await().message.ended().exit_code(), 1);
}

TEST_F(WorkerBirthTest, FailsNamingAMechanismThatThereIsNot) {
  TestCrew crew(zygote_, {.mechanism = "smoke_signals"});
  EXPECT_THAT(crew.Await(0).failed().message(), HasSubstr("smoke_signals"));
}

}  // namespace
}  // namespace ipclab
