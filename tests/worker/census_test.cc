// What counting system calls does to the thread that is counted: nothing but count.

#include <fcntl.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <memory>
#include <string>
#include <thread>

#include "absl/functional/function_ref.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "worker/census/census.h"

namespace ipclab {
namespace {

using testing::HasSubstr;

class SystemCallCountTest : public testing::Test {
 protected:
  void SetUp() override {
    SystemCallCount count;
    count.Begin();
    count.End();
    if (!count.absent().empty()) GTEST_SKIP() << count.absent();
  }

  static int64_t CallsOf(absl::FunctionRef<void()> work) {
    SystemCallCount count;
    count.Begin();
    work();
    count.End();
    EXPECT_EQ(count.absent(), "");
    return count.made();
  }

  static std::string WhyNot(absl::FunctionRef<void()> work) {
    SystemCallCount count;
    count.Begin();
    work();
    count.End();
    return std::string(count.absent());
  }
};

std::atomic<int> handled = 0;

// With a system call of its own.
void Handle(int) {
  ::getppid();
  ++handled;
}

sigset_t Only(int signal) {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, signal);
  return set;
}

TEST_F(SystemCallCountTest, CountsEachCallOnceAndNoneThatIsNotMade) {
  EXPECT_EQ(CallsOf([] {}), 0);
  EXPECT_EQ(CallsOf([] {
              for (int i = 0; i < 100; ++i) ::getppid();
            }),
            100);
}

TEST_F(SystemCallCountTest, CallsReturnWhatTheyReturnUncounted) {
  int descriptor = -1;
  int failed = 0;
  int error = 0;
  EXPECT_EQ(CallsOf([&] {
              descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
              failed = ::close(-1);
              error = errno;
            }),
            2);
  EXPECT_GE(descriptor, 0);
  EXPECT_EQ(failed, -1);
  EXPECT_EQ(error, EBADF);
  ::close(descriptor);
}

#if defined(__x86_64__)
TEST_F(SystemCallCountTest, RegistersAndTheStackBelowTheCallStayWhatTheyAre) {
  uint64_t below = 0;
  uint64_t kept = 0;
  double vector = 0;
  CallsOf([&] {
    const double before = 1.25;
    long number = SYS_getppid;
    // A function that calls none may keep 128 bytes below its stack pointer.
    asm volatile(
        "mov $0x1234, %%r12\n\t"
        "movsd %[before], %%xmm7\n\t"
        "mov $0x5678, %%r13\n\t"
        "mov %%rsp, %%r14\n\t"
        "sub $512, %%rsp\n\t"
        "mov %%r13, -128(%%rsp)\n\t"
        "syscall\n\t"
        "mov -128(%%rsp), %[below]\n\t"
        "mov %%r14, %%rsp\n\t"
        "mov %%r12, %[kept]\n\t"
        "movsd %%xmm7, %[vector]\n\t"
        : [below] "=&r"(below), [kept] "=&r"(kept), [vector] "=m"(vector), "+a"(number)
        : [before] "m"(before)
        : "rcx", "r11", "r12", "r13", "r14", "xmm7", "memory");
  });
  EXPECT_EQ(below, 0x5678u);
  EXPECT_EQ(kept, 0x1234u);
  EXPECT_EQ(vector, 1.25);
}
#endif

TEST_F(SystemCallCountTest, AHandlerOfTheWorkReturnsAndItsCallsAreCounted) {
  handled = 0;
  ::signal(SIGUSR1, Handle);
  const pid_t self = ::getpid();
  // kill; in the handler getppid, and its return.
  EXPECT_EQ(CallsOf([&] { ::kill(self, SIGUSR1); }), 3);
  EXPECT_EQ(handled, 1);
  ::signal(SIGUSR1, SIG_DFL);
}

TEST_F(SystemCallCountTest, MasksThatTheWorkSetsStaySet) {
  const sigset_t usr2 = Only(SIGUSR2);
  EXPECT_EQ(CallsOf([&] { ::sigprocmask(SIG_BLOCK, &usr2, nullptr); }), 1);
  sigset_t now;
  ::sigprocmask(SIG_UNBLOCK, &usr2, &now);
  EXPECT_EQ(::sigismember(&now, SIGUSR2), 1);
}

TEST_F(SystemCallCountTest, ASignalThatIsAwaitedInterruptsTheWaitForIt) {
  handled = 0;
  ::signal(SIGUSR1, Handle);
  const sigset_t usr1 = Only(SIGUSR1);
  sigset_t before;
  ::sigprocmask(SIG_BLOCK, &usr1, &before);
  const pid_t self = ::getpid();
  int error = 0;
  // kill and sigsuspend; in the handler getppid, and its return.
  EXPECT_EQ(CallsOf([&] {
              ::kill(self, SIGUSR1);
              ::sigsuspend(&before);
              error = errno;
            }),
            4);
  EXPECT_EQ(error, EINTR);
  EXPECT_EQ(handled, 1);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  ::signal(SIGUSR1, SIG_DFL);
}

TEST_F(SystemCallCountTest, AThreadThatIsMadeMeanwhileRunsAndIsWhyThereIsNoCount) {
  bool ran = false;
  EXPECT_THAT(WhyNot([&] { std::jthread([&] { ran = true; }); }), HasSubstr("threads"));
  EXPECT_TRUE(ran);
}

TEST_F(SystemCallCountTest, ThreadsThatAreThereAlreadyAreWhyThereIsNoCount) {
  std::atomic<bool> stop = false;
  const std::jthread other([&] { stop.wait(false); });
  EXPECT_THAT(WhyNot([] { ::getppid(); }), HasSubstr("threads"));
  stop = true;
  stop.notify_all();
}

TEST_F(SystemCallCountTest, WhoBlocksAllSignalsLivesAndIsNotCounted) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  EXPECT_THAT(WhyNot([&] {
                ::sigprocmask(SIG_BLOCK, &all, &before);
                ::getppid();
                ::sigprocmask(SIG_SETMASK, &before, nullptr);
              }),
              HasSubstr("SIGSYS"));
  ::sigprocmask(SIG_BLOCK, &all, &before);
  const std::string why = WhyNot([] { ::getppid(); });
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  EXPECT_THAT(why, HasSubstr("SIGSYS"));
}

TEST_F(SystemCallCountTest, ASigsysOfSomebodyElseEndsTheProcess) {
  EXPECT_EXIT(
      {
        SystemCallCount count;
        count.Begin();
        ::kill(::getpid(), SIGSYS);
        ::getppid();
        ::_exit(0);
      },
      testing::KilledBySignal(SIGSYS), "");
}

TEST(HardwareCountTest, WithoutCountersThePageSaysWhyAndOneWithoutDispatchToo) {
  const auto page = std::make_unique<WorkerPage>();
  Census census;
  census.Begin();
  census.End(*page);
  EXPECT_EQ(page->system_calls == -1, page->system_calls_absent[0] != '\0');
  EXPECT_EQ(page->instructions == -1, page->hardware_absent[0] != '\0');
  EXPECT_EQ(page->instructions == -1, page->cycles == -1);
  EXPECT_LE(page->system_calls, 0) << "its own";
}

// The kernel counts these everywhere: nanoseconds that the thread ran, and page faults.
TEST(HardwareCountTest, CountsGoUpWhileTheThreadRuns) {
  HardwareCount count(
      {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK, PERF_COUNT_SW_CONTEXT_SWITCHES});
  count.Begin();
  if (!count.absent().empty()) GTEST_SKIP() << count.absent();
  const HardwareCount::Counts before = count.Read();
  std::atomic<int> spun = 0;
  while (spun < 100'000) ++spun;
  const HardwareCount::Counts used = count.Read() - before;
  EXPECT_GT(used.instructions, 0);
  EXPECT_LT(used.instructions, 10'000'000'000);
  EXPECT_GT(count.calls_per_read(), 0);
}

TEST(HardwareCountTest, SaysWhatWouldAllowIt) {
  EXPECT_THAT(WhyNoCounters(EACCES, 3), HasSubstr("kernel.perf_event_paranoid is 3; 1 or less"));
  EXPECT_THAT(WhyNoCounters(EPERM, 1), HasSubstr("CAP_PERFMON"));
  EXPECT_THAT(WhyNoCounters(ENOENT, 0), HasSubstr("virtual"));
  for (const int error : {EACCES, EPERM, ENOENT, ENOSYS, EMFILE}) {
    EXPECT_LT(WhyNoCounters(error, 4).size(), sizeof(WorkerPage::hardware_absent)) << error;
  }
}

}  // namespace
}  // namespace ipclab
