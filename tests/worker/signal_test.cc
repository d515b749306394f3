// The mechanism signal, in each way to take signals.

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "tests/worker/two_ends.h"

namespace ipclab {
namespace {

class SignalTest : public testing::TestWithParam<std::string> {
 protected:
  TwoEnds::Options Kind(const char* kind) { return {{"kind", kind}, {"take", GetParam()}}; }

  // How many the joiner gets out of what is pending.
  static int TakeAll(TwoEnds& ends) {
    int taken = 0;
    while (ends.joiner->TryReceive({}) == IoStatus::kOk) ++taken;
    return taken;
  }
};

TEST_P(SignalTest, StandardOnesCoalesce) {
  TwoEnds ends("signal", 0, /*duplex=*/false, Kind("standard"));
  ends.Connect();
  for (int i = 0; i < 3; ++i) ASSERT_EQ(ends.host->Send({}), IoStatus::kOk);
  EXPECT_EQ(*ends.joiner->Depth(), 1);
  EXPECT_EQ(TakeAll(ends), 1);
  EXPECT_EQ(*ends.joiner->Depth(), 0);
}

TEST_P(SignalTest, RealTimeOnesQueueEachWithItsValue) {
  TwoEnds ends("signal", 0, /*duplex=*/false, Kind("realtime"));
  ends.Connect();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(ends.host->Send({}), IoStatus::kOk);
  EXPECT_EQ(ends.joiner->Receive({}), IoStatus::kOk);
  EXPECT_EQ(TakeAll(ends), 99);
}

TEST_P(SignalTest, ARealTimeOneOfAStrangerIsNotTakenForTheOthers) {
  TwoEnds ends("signal", 0, /*duplex=*/false, Kind("realtime"));
  ends.Connect();
  sigval value = {};
  value.sival_int = 7;
  ASSERT_EQ(::sigqueue(::getpid(), SIGRTMIN + 1, value), 0);
  EXPECT_EQ(ends.joiner->Receive({}), IoStatus::kError);
  EXPECT_EQ(ends.joiner->error(), EBADMSG);
}

TEST_P(SignalTest, AFullQueueHasRoomAgainWhenOneWasTaken) {
  TwoEnds ends("signal", 0, /*duplex=*/false, Kind("realtime"));
  ends.Connect();
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_SIGPENDING, &before), 0);
  constexpr rlim_t kFew = 64;
  const rlimit few = {kFew, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_SIGPENDING, &few), 0);
  IoStatus status = IoStatus::kOk;
  for (rlim_t i = 0; i <= kFew && status == IoStatus::kOk; ++i) status = ends.host->TrySend({});
  EXPECT_EQ(status, IoStatus::kWouldBlock);
  EXPECT_EQ(ends.joiner->Receive({}), IoStatus::kOk);
  EXPECT_EQ(ends.host->Send({}), IoStatus::kOk);
  ::setrlimit(RLIMIT_SIGPENDING, &before);
}

TEST_P(SignalTest, NotifyingAProcessThatIsGoneSaysSo) {
  for (const char* kind : {"standard", "realtime"}) {
    TwoEnds ends("signal", 0, /*duplex=*/false, Kind(kind));
    ASSERT_TRUE(ends.Host().ok());
    const pid_t child = ::fork();
    if (child == 0) ::_exit(ends.Join().ok() ? 0 : 1);
    int end = 1;
    ASSERT_EQ(::waitpid(child, &end, 0), child);
    ASSERT_EQ(end, 0);
    ASSERT_TRUE(ends.host->Connect().ok());
    EXPECT_EQ(ends.host->Send({}), IoStatus::kPeerClosed);
    EXPECT_EQ(ends.host->TrySend({}), IoStatus::kPeerClosed);
  }
}

TEST_P(SignalTest, NobodyIsNotifiedWhoHasNotJoined) {
  TwoEnds ends("signal", 0, /*duplex=*/false, Kind("standard"));
  ASSERT_TRUE(ends.Host().ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(ends.host->Connect()));
}

TEST_P(SignalTest, LeavesDispositionsAndMaskAsTheyWereAndNothingPending) {
  sigset_t mask_before;
  ::sigprocmask(SIG_BLOCK, nullptr, &mask_before);
  {
    TwoEnds ends("signal", 0, /*duplex=*/true, Kind("standard"));
    ends.Connect();
    ASSERT_EQ(ends.host->Send({}), IoStatus::kOk);
    ASSERT_EQ(ends.joiner->Send({}), IoStatus::kOk);
  }
  sigset_t mask;
  sigset_t pending;
  ::sigprocmask(SIG_BLOCK, nullptr, &mask);
  ::sigpending(&pending);
  for (const int number : {SIGUSR1, SIGUSR2}) {
    EXPECT_EQ(::sigismember(&mask, number), ::sigismember(&mask_before, number)) << number;
    EXPECT_EQ(::sigismember(&pending, number), 0) << number;
    struct sigaction action;
    ::sigaction(number, nullptr, &action);
    EXPECT_EQ(action.sa_handler, SIG_DFL) << number;
  }
}

INSTANTIATE_TEST_SUITE_P(Each, SignalTest, testing::Values("sigwaitinfo", "signalfd", "handler"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace ipclab
