// Every mechanism that wakes or notifies under a real server: all that was notified is accounted
// for, leg by leg, and whichever worker is killed, the experiment ends and nothing of it is left.

#include <signal.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/process_ends.h"
#include "worker/mechanism.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using v1::End;
using v1::Pattern;

constexpr absl::Duration kSoon = absl::Seconds(5);

bool Carries(const Mechanism& mechanism, Pattern::Kind pattern) {
  return std::ranges::count(mechanism.patterns, pattern) > 0;
}

std::vector<std::string> Ids() {
  std::vector<std::string> ids;
  for (const Mechanism* const mechanism : AllMechanisms()) {
    if (Carries(*mechanism, Pattern::HAND_OFF) || Carries(*mechanism, Pattern::NOTIFY)) {
      ids.emplace_back(mechanism->id);
    }
  }
  return ids;
}

class EveryEventTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const auto found = client().GetMechanism("mechanisms/" + GetParam());
    ASSERT_TRUE(found.ok()) << found.status.error_message();
    mechanism_ = found.value;
    if (!mechanism_.available()) GTEST_SKIP() << mechanism_.unavailable_reason();
  }

  const LabClient& client() const { return server_.client(); }

  std::vector<Pattern::Kind> Patterns() const {
    std::vector<Pattern::Kind> patterns;
    for (const auto pattern : {Pattern::HAND_OFF, Pattern::NOTIFY}) {
      if (std::ranges::count(mechanism_.patterns(), pattern) > 0) patterns.push_back(pattern);
    }
    return patterns;
  }

  v1::CreateExperimentRequest Request(Pattern::Kind pattern, int64_t rounds) const {
    auto request = Measure(GetParam(), rounds, pattern);
    request.mutable_spec()->mutable_measure()->clear_message_bytes();
    request.mutable_spec()->mutable_measure()->set_warm_up_messages(20);
    return request;
  }

  // Returns once more than so many wake-ups were counted.
  void AwaitMore(const std::string& name, int64_t messages) const {
    const absl::Time patience = absl::Now() + kPatience;
    while (client().GetMetrics(name)->total().messages() <= messages) {
      ASSERT_LT(absl::Now(), patience) << "nobody is woken";
    }
  }

  void ExpectNothingLeftOf(const E& experiment) const {
    std::vector<pid_t> workers;
    for (const v1::Worker& worker : experiment.workers()) workers.push_back(worker.pid());
    EXPECT_TRUE(ProcessGroup(workers).AwaitEnd(kSoon).has_value()) << "a worker is left";
    EXPECT_THAT(server_.IpcObjects(), testing::IsEmpty());
    v1::ListIpcObjectsResponse objects;
    EXPECT_TRUE(system_->ListIpcObjects(client().NewContext().get(), {}, &objects).ok());
    EXPECT_EQ(objects.ipc_objects_size(), 0) << objects.ShortDebugString();
  }

  v1::Mechanism mechanism_;
  const LabServer server_;
  const std::unique_ptr<v1::SystemService::Stub> system_ = v1::SystemService::NewStub(
      grpc::CreateChannel(server_.unix_address(), grpc::InsecureChannelCredentials()));
};

TEST_P(EveryEventTest, AThousandRoundsAreAccountedFor) {
  constexpr int64_t kRounds = 1000;
  for (const Pattern::Kind pattern : Patterns()) {
    SCOPED_TRACE(Pattern::Kind_Name(pattern));
    const E done = client().CreateAndFinish(Request(pattern, kRounds));
    EXPECT_EQ(done.state(), E::SUCCEEDED) << done.end().ShortDebugString();
    const v1::Metrics& metrics = done.result().metrics();
    EXPECT_EQ(metrics.total().messages() + metrics.total().coalesced(), kRounds);
    EXPECT_EQ(metrics.total().lost() + metrics.total().duplicated(), 0);
    ASSERT_EQ(metrics.latencies_size(), 1);
    const bool in_turn = pattern == Pattern::HAND_OFF;
    EXPECT_EQ(metrics.latencies(0).kind(),
              in_turn ? v1::Latency::ROUND_TRIP : v1::Latency::SEND_CALL);
    EXPECT_EQ(metrics.latencies(0).count(), kRounds);
    if (in_turn) {
      EXPECT_EQ(metrics.total().coalesced(), 0);
    }
    ExpectNothingLeftOf(done);
  }
}

TEST_P(EveryEventTest, IsSteppedByExactlyTheCount) {
  for (const Pattern::Kind pattern : Patterns()) {
    SCOPED_TRACE(Pattern::Kind_Name(pattern));
    const std::string name = client().CreateReady(Request(pattern, 1000)).name();
    int64_t sum = 0;
    for (const int64_t count : {1, 7, 100, 1}) {
      const auto step = client().Step(name, count);
      ASSERT_TRUE(step.ok()) << step.status.error_message();
      sum += count;
      EXPECT_EQ(step->step(), sum);
      const v1::Counters& total = step->metrics().total();
      EXPECT_EQ(total.messages() + total.coalesced(), count);
    }
    EXPECT_TRUE(client().Delete(name).ok() || client().Cancel(name).ok());
  }
}

TEST_P(EveryEventTest, IsPausedWithAllAccountedForAndGoesOn) {
  for (const Pattern::Kind pattern : Patterns()) {
    SCOPED_TRACE(Pattern::Kind_Name(pattern));
    const std::string name = client().CreateReady(Request(pattern, kEndless)).name();
    int64_t last = 0;
    for (int leg = 0; leg < 2; ++leg) {
      ASSERT_TRUE(client().Run(name).ok());
      AwaitMore(name, last);
      ASSERT_TRUE(client().Pause(name).ok());
      client().AwaitState(name, E::PAUSED);
      const auto metrics = client().GetMetrics(name);
      EXPECT_EQ(metrics->total().messages() + metrics->total().coalesced(),
                metrics->latencies(0).count());
      last = metrics->total().messages();
    }
    ASSERT_TRUE(client().Cancel(name).ok());
    client().AwaitEnd(name);
  }
}

TEST_P(EveryEventTest, WhicheverWorkerIsKilledTheOtherEndsTooAndNothingIsLeft) {
  for (const Pattern::Kind pattern : Patterns()) {
    for (const int victim : {0, 1}) {
      SCOPED_TRACE(Pattern::Kind_Name(pattern) + ", worker " + std::to_string(victim));
      const E before = client().CreateReady(Request(pattern, kEndless));
      ASSERT_EQ(before.workers_size(), 2);
      ASSERT_TRUE(client().Run(before.name()).ok());
      AwaitMore(before.name(), 10);
      const absl::Time kill = absl::Now();
      ASSERT_EQ(::kill(before.workers(victim).pid(), SIGKILL), 0);
      const E after = client().AwaitEnd(before.name());
      EXPECT_LT(absl::Now() - kill, kSoon);
      EXPECT_EQ(after.state(), E::FAILED);
      EXPECT_EQ(after.end().class_(), End::SIGNAL) << after.end().ShortDebugString();
      EXPECT_EQ(after.end().signal(), SIGKILL);
      const v1::Worker& other = after.workers(1 - victim);
      EXPECT_TRUE(other.end().reason() == "PEER_CLOSED" ||
                  other.end().class_() == End::KILLED_BY_LAB)
          << other.ShortDebugString();
      ExpectNothingLeftOf(before);
      EXPECT_TRUE(client().Delete(before.name()).ok());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Each, EveryEventTest, testing::ValuesIn(Ids()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace ipclab
