// Measurements that run to their end: every message is counted, once.

#include <sched.h>

#include <numeric>
#include <ostream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using v1::Latency;
using v1::Pattern;

struct Traffic {
  std::string mechanism;
  Pattern::Kind pattern;
};

void PrintTo(const Traffic& traffic, std::ostream* out) {
  *out << traffic.mechanism << "_" << Pattern::Kind_Name(traffic.pattern);
}

const v1::Latency* Find(const v1::Metrics& metrics, Latency::Kind kind) {
  for (const v1::Latency& latency : metrics.latencies()) {
    if (latency.kind() == kind) return &latency;
  }
  return nullptr;
}

// A distribution over so many values that agrees with itself.
void ExpectCoherent(const v1::Latency& latency, int64_t count) {
  EXPECT_EQ(latency.count(), count);
  EXPECT_LE(latency.min_nanos(), latency.max_nanos());
  EXPECT_GT(latency.max_nanos(), 0);
  const auto& counts = latency.histogram().counts();
  EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), int64_t{0}), count);
  int64_t last = 0;
  for (const v1::Percentile& percentile : latency.percentiles()) {
    EXPECT_EQ(percentile.has_nanos(), count >= percentile.needed_count());
    if (!percentile.has_nanos()) continue;
    EXPECT_GE(percentile.nanos(), last);
    last = percentile.nanos();
  }
}

class MeasureTest : public testing::TestWithParam<Traffic> {};

TEST_P(MeasureTest, CountsEveryMessageOnceAndTimesIt) {
  const LabServer server;
  auto request = Measure(GetParam().mechanism, 2000, GetParam().pattern);
  request.mutable_spec()->mutable_measure()->set_message_bytes(128);
  const E done = server.client().CreateAndFinish(request);
  ASSERT_EQ(done.state(), E::SUCCEEDED) << done.ShortDebugString();
  EXPECT_EQ(done.end().class_(), v1::End::OK);
  EXPECT_EQ(done.step(), 2000);

  const v1::Metrics& metrics = done.result().metrics();
  EXPECT_FALSE(metrics.stepped());
  EXPECT_FALSE(done.result().has_stepped_metrics());
  EXPECT_EQ(metrics.total().messages(), 2000);
  EXPECT_EQ(metrics.total().bytes(), 2000 * 128);
  EXPECT_EQ(metrics.total().lost() + metrics.total().duplicated() + metrics.total().reordered(), 0);
  EXPECT_GT(metrics.messages_per_second(), 0);
  for (const v1::WorkerMetrics& worker : metrics.workers()) {
    EXPECT_EQ(worker.counters().messages(), 2000) << worker.role();
  }
  if (GetParam().pattern == Pattern::ROUND_TRIP) {
    ASSERT_NE(Find(metrics, Latency::ROUND_TRIP), nullptr);
    ExpectCoherent(*Find(metrics, Latency::ROUND_TRIP), 2000);
  } else {
    ASSERT_NE(Find(metrics, Latency::SEND_CALL), nullptr);
    ExpectCoherent(*Find(metrics, Latency::SEND_CALL), 2000);
    ASSERT_NE(Find(metrics, Latency::ONE_WAY), nullptr);
    if (done.result().environment().clock_synchronised()) {
      ExpectCoherent(*Find(metrics, Latency::ONE_WAY), 2000);
    }
  }
  for (const v1::Worker& worker : done.workers()) {
    EXPECT_EQ(worker.end().class_(), v1::End::OK) << worker.ShortDebugString();
  }
  EXPECT_EQ(server.client().Info()->workers(), 0);
}

TEST_P(MeasureTest, ByDurationItEndsInTimeAndCountsWhatItDid) {
  const LabServer server;
  auto request = Measure(GetParam().mechanism, kEndless, GetParam().pattern);
  v1::MeasureSpec& measure = *request.mutable_spec()->mutable_measure();
  measure.mutable_duration()->set_seconds(0);
  measure.mutable_duration()->set_nanos(50'000'000);
  const E done = server.client().CreateAndFinish(request);
  ASSERT_EQ(done.state(), E::SUCCEEDED) << done.ShortDebugString();
  const v1::Metrics& metrics = done.result().metrics();
  EXPECT_GT(metrics.total().messages(), 0);
  EXPECT_EQ(metrics.total().messages(), done.step());
  EXPECT_EQ(metrics.total().bytes(), metrics.total().messages() * 64);
  // How much later than asked it ends is the scheduler's affair.
  EXPECT_GE(metrics.elapsed().seconds() * 1'000'000'000 + metrics.elapsed().nanos(), 40'000'000);
}

INSTANTIATE_TEST_SUITE_P(Both, MeasureTest,
                         testing::Values(Traffic{"pipe", Pattern::ROUND_TRIP},
                                         Traffic{"pipe", Pattern::STREAM},
                                         Traffic{"null", Pattern::ROUND_TRIP},
                                         Traffic{"null", Pattern::STREAM}),
                         testing::PrintToStringParamName());

TEST(MeasureOnceTest, NamesTheHostAndTheControlBesideTheFigures) {
  const LabServer server;
  const E done = server.client().CreateAndFinish(Measure());
  EXPECT_GT(done.result().control_before_nanos(), 0);
  EXPECT_GT(done.result().control_after_nanos(), 0);
  EXPECT_FALSE(done.result().environment().kernel().empty());
  EXPECT_GT(done.result().environment().clock_cost_nanos(), 0);
  EXPECT_TRUE(done.has_end_time());
}

TEST(MeasureOnceTest, PlacementIsDoneAndRecordedAsAchieved) {
  const LabServer server;
  const int cpu = ::sched_getcpu();
  auto request = Measure();
  v1::Placement& placement = *request.mutable_spec()->mutable_placement();
  placement.set_policy(v1::Placement::EXPLICIT);
  placement.add_cpus(cpu);
  placement.add_cpus(cpu);
  const E done = server.client().CreateAndFinish(request);
  ASSERT_EQ(done.state(), E::SUCCEEDED) << done.ShortDebugString();
  EXPECT_EQ(done.workers(0).cpu(), cpu);
  EXPECT_EQ(done.workers(1).cpu(), cpu);
  EXPECT_THAT(done.result().warnings(), testing::Contains(v1::Result::SAME_CPU));
  EXPECT_EQ(done.result().metrics().total().migrations(), 0);
}

TEST(MeasureOnceTest, SameCpuPutsBothOnOne) {
  const LabServer server;
  auto request = Measure();
  request.mutable_spec()->mutable_placement()->set_policy(v1::Placement::SAME_CPU);
  const E done = server.client().CreateAndFinish(request);
  EXPECT_EQ(done.workers(0).cpu(), done.workers(1).cpu());
  EXPECT_THAT(done.result().warnings(), testing::Contains(v1::Result::SAME_CPU));
}

TEST(MeasureOnceTest, AnIntactPayloadIsFoundIntact) {
  const LabServer server;
  auto request = Measure();
  request.mutable_spec()->mutable_measure()->set_verify_payload(true);
  const E done = server.client().CreateAndFinish(request);
  EXPECT_EQ(done.state(), E::SUCCEEDED) << done.ShortDebugString();
  EXPECT_EQ(done.result().metrics().total().corrupted(), 0);
}

TEST(MeasureOnceTest, CorruptedLostSwappedAndDoubledMessagesAreCounted) {
  const LabServer server({.scripted = true});
  const auto run = [&](const std::string& mechanism) {
    // Not a multiple of ten: the last one, which ends the leg, has to arrive as it was sent.
    auto request = Measure(mechanism, 1005, Pattern::STREAM);
    request.mutable_spec()->mutable_measure()->set_verify_payload(true);
    request.mutable_spec()->mutable_measure()->set_warm_up_messages(0);
    const E done = server.client().CreateAndFinish(request);
    EXPECT_EQ(done.state(), E::SUCCEEDED) << done.ShortDebugString();
    return done.result().metrics().total();
  };
  EXPECT_EQ(run("corrupts").corrupted(), 100);
  EXPECT_EQ(run("duplicates").duplicated(), 100);
  EXPECT_EQ(run("swaps").reordered(), 100);
  const v1::Counters dropped = run("drops");
  EXPECT_EQ(dropped.lost(), 100);
  EXPECT_EQ(dropped.messages(), 905);
}

TEST(MeasureOnceTest, MessagesOfOneByteAndOfMoreThanThePipeHoldsArrive) {
  const LabServer server;
  for (const int64_t bytes : {int64_t{1}, int64_t{200'000}}) {
    auto request = Measure("pipe", 200, Pattern::STREAM);
    request.mutable_spec()->mutable_measure()->set_message_bytes(bytes);
    const E done = server.client().CreateAndFinish(request);
    EXPECT_EQ(done.state(), E::SUCCEEDED) << done.ShortDebugString();
    EXPECT_EQ(done.result().metrics().total().bytes(), 200 * bytes);
  }
}

TEST(MeasureOnceTest, WhoSpinsThenBlocksLeavesTheCpuAloneWhileNothingComes) {
  const LabServer server;
  auto request = Measure("memfd_ring", 10, Pattern::STREAM);
  v1::MeasureSpec& measure = *request.mutable_spec()->mutable_measure();
  measure.set_wait(v1::MeasureSpec::SPIN_THEN_BLOCK);
  measure.mutable_load()->set_per_second(10);
  const E done = server.client().CreateAndFinish(request);
  ASSERT_EQ(done.state(), E::SUCCEEDED) << done.end().ShortDebugString();
  const v1::Metrics& metrics = done.result().metrics();
  const double elapsed = static_cast<double>(metrics.elapsed().seconds()) * 1e9 +
                         static_cast<double>(metrics.elapsed().nanos());
  ASSERT_EQ(metrics.workers_size(), 2);
  const v1::Counters& receiver = metrics.workers(1).counters();
  constexpr double kShare = 0.01;
  EXPECT_LT(static_cast<double>(receiver.cpu_user_nanos() + receiver.cpu_system_nanos()),
            kShare * elapsed);
}

TEST(MeasureOnceTest, RunOnStartingTakesEffectOnceItIsConnected) {
  const LabServer server;
  const std::string name = server.client().MustCreate(Measure());
  const auto run = server.client().Run(name);  // STARTING still, or READY: both must do
  EXPECT_TRUE(run.ok()) << run.status.error_message();
  EXPECT_EQ(server.client().AwaitEnd(name).state(), E::SUCCEEDED);
}

TEST(MeasureOnceTest, ATimeLimitEndsItWithTimeoutAndKeepsItsFigures) {
  const LabServer server;
  auto request = Measure("pipe", kEndless);
  request.mutable_spec()->mutable_time_limit()->set_nanos(300'000'000);
  request.mutable_spec()->mutable_measure()->set_warm_up_messages(0);
  const E done = server.client().CreateAndFinish(request);
  EXPECT_EQ(done.state(), E::FAILED);
  EXPECT_EQ(done.end().class_(), v1::End::TIMEOUT);
  EXPECT_EQ(done.end().reason(), "TIME_LIMIT");
  for (const v1::Worker& worker : done.workers()) EXPECT_TRUE(worker.has_end());
  EXPECT_EQ(done.step(), done.result().metrics().total().messages());
}

}  // namespace
}  // namespace ipclab
