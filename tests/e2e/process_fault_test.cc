// The server or its zygote die or stop: no worker outlives them, and the lab goes on.

#include <signal.h>

#include <algorithm>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/process_ends.h"
#include "tests/support/process_state.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using google::protobuf::util::MessageDifferencer;
using v1::End;

// What is promised is 100 ms; what is asserted leaves room for a busy host.
constexpr absl::Duration kGoneSoon = absl::Seconds(1);

std::string StartRunning(const LabClient& client, const std::string& mechanism = "pipe") {
  const std::string name = client.CreateReady(Measure(mechanism, kEndless)).name();
  EXPECT_TRUE(client.Run(name).ok());
  return client.AwaitState(name, E::RUNNING).name();
}

// Everything but the server itself.
std::vector<pid_t> Descendants(const LabServer& server) {
  std::vector<pid_t> pids = server.Processes();
  std::erase(pids, server.pid());
  return pids;
}

TEST(ServerDeathTest, TakesTheZygoteAndEveryWorkerAlong) {
  LabServer server;
  StartRunning(server.client());
  for (int i = 0; i < 3; ++i) server.client().CreateReady(Measure());
  const std::vector<pid_t> pids = Descendants(server);
  ASSERT_GE(pids.size(), 1u + 2 * 4);  // and spare workers, if any
  ProcessGroup processes(pids);
  server.Signal(SIGKILL);
  const auto took = processes.AwaitEnd(kGoneSoon);
  ASSERT_TRUE(took.has_value());
  RecordProperty("gone_after_microseconds", std::to_string(absl::ToInt64Microseconds(*took)));
  printf("zygote and %zu workers gone %s after the server's SIGKILL\n", pids.size() - 1,
         absl::FormatDuration(*took).c_str());
  EXPECT_EQ(server.AwaitExit(), -SIGKILL);
}

TEST(ServerDeathTest, TakesStoppedAndHangingWorkersAlong) {
  LabServer server({.scripted = true});
  StartRunning(server.client(), "hang_in_send");
  server.client().MustCreate(Measure("hang_in_join"));
  const E ready = server.client().CreateReady(Measure());
  ProcessGroup processes(Descendants(server));
  ::kill(ready.workers(0).pid(), SIGSTOP);
  server.Signal(SIGKILL);
  EXPECT_TRUE(processes.AwaitEnd(kGoneSoon).has_value());
  server.AwaitExit();
}

TEST(ServerDeathTest, TogetherWithTheZygoteLeavesNoWorkerEither) {
  LabServer server;
  StartRunning(server.client());
  server.client().CreateReady(Measure());
  const pid_t zygote = server.ZygotePid();
  ProcessGroup processes(Descendants(server));
  ::kill(zygote, SIGKILL);
  server.Signal(SIGKILL);
  EXPECT_TRUE(processes.AwaitEnd(kGoneSoon).has_value());
  server.AwaitExit();
}

TEST(ZygoteDeathTest, FailsWhatLivesAsLostAndServesTheNext) {
  const LabServer server;
  const E done = server.client().CreateAndFinish(Measure("null"));
  const std::string running = StartRunning(server.client());
  const std::string ready = server.client().CreateReady(Measure()).name();
  const pid_t zygote = server.ZygotePid();
  std::vector<pid_t> pids = Descendants(server);
  ProcessGroup processes(pids);
  ASSERT_EQ(::kill(zygote, SIGKILL), 0);

  for (const std::string& name : {running, ready}) {
    const E lost = server.client().AwaitEnd(name);
    EXPECT_EQ(lost.state(), E::FAILED);
    EXPECT_EQ(lost.end().class_(), End::LOST);
    EXPECT_EQ(lost.end().reason(), "ZYGOTE_LOST");
    for (const v1::Worker& worker : lost.workers()) {
      EXPECT_EQ(worker.end().class_(), End::LOST) << worker.ShortDebugString();
    }
  }
  EXPECT_TRUE(processes.AwaitEnd(kGoneSoon).has_value());
  EXPECT_EQ(server.client().CreateAndFinish(Measure()).state(), E::SUCCEEDED);
  EXPECT_NE(server.ZygotePid(), zygote);
  EXPECT_TRUE(MessageDifferencer::Equals(server.client().Get(done.name()).value, done));
}

TEST(ZygoteDeathTest, MayHappenAgainAndAgain) {
  const LabServer server;
  for (int i = 0; i < 5; ++i) {
    const std::string name = server.client().CreateReady(Measure()).name();
    ASSERT_EQ(::kill(server.ZygotePid(), SIGKILL), 0);
    EXPECT_EQ(server.client().AwaitEnd(name).end().class_(), End::LOST);
  }
  EXPECT_EQ(server.client().CreateAndFinish(Measure()).state(), E::SUCCEEDED);
  // No zombie of those before is left.
  EXPECT_THAT(ChildrenOf(server.pid()), testing::ElementsAre(server.ZygotePid()));
}

TEST(ZygoteDeathTest, WhileWorkersAreStartedFailsTheExperimentOrStartsItAnew) {
  const LabServer server;
  std::vector<std::string> names;
  for (int i = 0; i < 10; ++i) names.push_back(server.client().MustCreate(Measure()));
  ASSERT_EQ(::kill(server.ZygotePid(), SIGKILL), 0);
  for (const std::string& name : names) {
    const E lost = server.client().AwaitEnd(name);
    EXPECT_EQ(lost.end().class_(), End::LOST) << lost.ShortDebugString();
  }
  EXPECT_EQ(server.client().Info()->workers(), 0);
}

TEST(ZygoteStopTest, ItIsReplacedWhenItDoesNotAnswer) {
  const LabServer server;
  const pid_t zygote = server.ZygotePid();
  ASSERT_EQ(::kill(zygote, SIGSTOP), 0);
  const E failed = server.client().AwaitEnd(server.client().MustCreate(Measure()));
  EXPECT_EQ(failed.state(), E::FAILED);
  EXPECT_EQ(failed.end().reason(), "ZYGOTE_LOST") << failed.end().ShortDebugString();
  EXPECT_EQ(::kill(zygote, 0), -1) << "it is still there";
  EXPECT_EQ(server.client().CreateAndFinish(Measure()).state(), E::SUCCEEDED);
  EXPECT_THAT(ChildrenOf(server.pid()), testing::ElementsAre(server.ZygotePid()));
}

TEST(ZygoteStopTest, ItDoesNotOutliveAServerThatIsKilled) {
  LabServer server;
  StartRunning(server.client());
  ProcessGroup all(Descendants(server));
  ASSERT_EQ(::kill(server.ZygotePid(), SIGSTOP), 0);
  server.Kill();
  EXPECT_TRUE(all.AwaitEnd(kGoneSoon).has_value());
}

TEST(ZygoteStopTest, TheServerStopsAllTheSame) {
  LabServer server;
  StartRunning(server.client());
  ::kill(server.ZygotePid(), SIGSTOP);
  const absl::Time start = absl::Now();
  EXPECT_EQ(server.Terminate(), 0);
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

}  // namespace
}  // namespace ipclab
