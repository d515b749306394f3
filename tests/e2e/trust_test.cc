// What spoils figures is seen: each test spoils them in one way and finds it in the result.

#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <numeric>
#include <string>

#include "common/topology.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using v1::Result;

v1::CreateExperimentRequest OfTime(const std::string& mechanism, int64_t nanos) {
  auto request = Measure(mechanism, kEndless);
  v1::MeasureSpec& measure = *request.mutable_spec()->mutable_measure();
  measure.clear_warm_up_messages();
  measure.mutable_duration()->set_seconds(nanos / 1'000'000'000);
  measure.mutable_duration()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
  return request;
}

int64_t CountOf(const v1::Histogram& histogram) {
  return std::accumulate(histogram.counts().begin(), histogram.counts().end(), int64_t{0});
}

// What the warning was seen by; empty when it is not there.
std::string SeenBy(const Result& result, Result::Warning warning) {
  for (int i = 0; i < result.warnings_size(); ++i) {
    if (result.warnings(i) == warning) return result.warning_details(i);
  }
  return "";
}

bool HasTwoCpus() { return AllowedCpus().size() > 1; }

void MoveTo(int cpu, pid_t pid) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  ASSERT_EQ(::sched_setaffinity(pid, sizeof set, &set), 0);
}

// A process that keeps one CPU busy while it lives.
class BusyNeighbour {
 public:
  explicit BusyNeighbour(int cpu) : pid_(::fork()) {
    if (pid_ > 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::alarm(60);  // should the test be killed before that took effect
    MoveTo(cpu, 0);
    while (true) asm volatile("");
  }
  ~BusyNeighbour() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  BusyNeighbour(const BusyNeighbour&) = delete;
  BusyNeighbour& operator=(const BusyNeighbour&) = delete;

 private:
  const pid_t pid_;
};

TEST(TrustTest, ThePiecesOfARunAreTheRun) {
  const LabServer server;
  const E done = server.client().CreateAndFinish(OfTime("pipe", 300'000'000));
  ASSERT_EQ(done.state(), E::SUCCEEDED) << done.ShortDebugString();
  const Result& result = done.result();
  EXPECT_GE(result.slices_size(), 5);
  int64_t messages = 0;
  int64_t values = 0;
  int64_t nanos = 0;
  for (const v1::Slice& slice : result.slices()) {
    EXPECT_EQ(slice.begin().seconds() * 1'000'000'000 + slice.begin().nanos(), nanos);
    nanos += slice.length().seconds() * 1'000'000'000 + slice.length().nanos();
    messages += slice.messages();
    values += CountOf(slice.histogram());
  }
  EXPECT_EQ(messages, result.metrics().total().messages());
  EXPECT_EQ(values, result.metrics().latencies(0).count());
  EXPECT_TRUE(result.has_drift());
}

TEST(TrustTest, TheWarmUpIsShownAndInNoFigure) {
  const LabServer server;
  const E done = server.client().CreateAndFinish(OfTime("pipe", 300'000'000));
  const v1::WarmUp& warm_up = done.result().warm_up();
  ASSERT_GT(warm_up.window_nanos_size(), 0);
  EXPECT_GT(warm_up.messages(), 0);
  EXPECT_GT(warm_up.elapsed().nanos(), 0);
  EXPECT_EQ(done.step(), done.result().metrics().total().messages());
  EXPECT_EQ(done.result().metrics().latencies(0).count(), done.step());
}

TEST(TrustTest, AWarmUpOfToldLengthIsAsLong) {
  const LabServer server;
  auto request = OfTime("pipe", 100'000'000);
  request.mutable_spec()->mutable_measure()->set_warm_up_messages(7);
  const E done = server.client().CreateAndFinish(request);
  EXPECT_EQ(done.result().warm_up().messages(), 7);
  EXPECT_EQ(done.result().warm_up().window_nanos_size(), 0);
  EXPECT_FALSE(done.result().warm_up().steady());
}

TEST(TrustTest, APauseInTheWarmUpIsNoStep) {
  const LabServer server;
  const E ready = server.client().CreateReady(OfTime("pipe", 20'000'000'000));
  ASSERT_TRUE(server.client().Run(ready.name()).ok());
  const auto paused = server.client().Pause(ready.name());
  ASSERT_TRUE(paused.ok()) << paused.status.error_message();
  EXPECT_EQ(paused->state(), E::PAUSED);
  EXPECT_EQ(paused->step(), 0);
  const auto step = server.client().Step(ready.name(), 3);
  ASSERT_TRUE(step.ok()) << step.status.error_message();
  EXPECT_EQ(step->step(), 3);
}

TEST(TrustTest, ACensusSaysWhatAMessageCosts) {
  const LabServer server;
  const E done = server.client().CreateAndFinish(OfTime("pipe", 100'000'000));
  ASSERT_TRUE(done.result().has_census());
  const v1::Census& census = done.result().census();
  EXPECT_GT(census.messages(), 0);
  if (census.has_system_calls()) {
    // Two writes and two reads.
    const double calls = static_cast<double>(census.system_calls());
    EXPECT_NEAR(calls / static_cast<double>(census.messages()), 4, 0.5);
  } else {
    EXPECT_NE(census.system_calls_absent(), "");
  }
  EXPECT_NE(census.has_cycles(), !census.hardware_absent().empty());
  EXPECT_EQ(done.step(), done.result().metrics().total().messages()) << "it is in no figure";
}

TEST(TrustTest, AWorkerThatSlipsFromItsCpuIsSeen) {
  if (!HasTwoCpus()) GTEST_SKIP() << "there is one CPU";
  const LabServer server;
  auto request = OfTime("pipe", 500'000'000);
  v1::Placement& placement = *request.mutable_spec()->mutable_placement();
  placement.set_policy(v1::Placement::EXPLICIT);
  placement.add_cpus(AllowedCpus().front());
  placement.add_cpus(AllowedCpus().back());
  const E ready = server.client().CreateReady(request);
  MoveTo(AllowedCpus().front(), ready.workers(1).pid());
  ASSERT_TRUE(server.client().Run(ready.name()).ok());
  const E done = server.client().AwaitEnd(ready.name());
  ASSERT_EQ(done.state(), E::SUCCEEDED) << done.ShortDebugString();
  EXPECT_THAT(SeenBy(done.result(), Result::MIGRATED),
              HasSubstr("worker 1 was pinned to CPU " + std::to_string(AllowedCpus().back())));
}

TEST(TrustTest, ACpuThatMovesUnderTheRunIsSeenByItsControl) {
  if (!HasTwoCpus()) GTEST_SKIP() << "there is one CPU";
  const LabServer server;
  auto request = OfTime("pipe", 1'000'000'000);
  request.mutable_spec()->mutable_measure()->set_warm_up_messages(0);
  const E ready = server.client().CreateReady(request);
  ASSERT_TRUE(server.client().Run(ready.name()).ok());
  // The first control is over once messages arrive.
  while (server.client().GetMetrics(ready.name())->total().messages() == 0) {
  }
  MoveTo(ready.workers(0).cpu(), ready.workers(1).pid());
  const E done = server.client().AwaitEnd(ready.name());
  ASSERT_EQ(done.state(), E::SUCCEEDED) << done.ShortDebugString();
  EXPECT_THAT(SeenBy(done.result(), Result::PLATFORM_SHIFTED), HasSubstr("before the run"));
}

TEST(TrustTest, ABusyNeighbourIsSeen) {
  if (!HasTwoCpus()) GTEST_SKIP() << "there is one CPU";
  const LabServer server;
  auto request = OfTime("pipe", 500'000'000);
  request.mutable_spec()->mutable_measure()->set_wait(v1::MeasureSpec::SPIN);
  const BusyNeighbour neighbour(AllowedCpus().back());
  const E done = server.client().CreateAndFinish(request);
  ASSERT_EQ(done.state(), E::SUCCEEDED) << done.ShortDebugString();
  EXPECT_NE(SeenBy(done.result(), Result::NOISY), "") << done.result().ShortDebugString();
  EXPECT_GT(done.result().host_load().load_average(), 0);
}

TEST(TrustTest, TooFewValuesForAPercentileAreSaid) {
  const LabServer server;
  const E done = server.client().CreateAndFinish(Measure("pipe", 100));
  EXPECT_EQ(SeenBy(done.result(), Result::TOO_FEW_SAMPLES), "p99 needs 299 values, there are 100");
  for (const v1::Percentile& each : done.result().metrics().latencies(0).percentiles()) {
    EXPECT_EQ(each.has_nanos(), each.percent() < 99) << each.percent();
  }
}

TEST(TrustTest, ABufferThatTheKernelWouldClampIsRefusedWithTheLimit) {
  const LabServer server;
  auto request = Measure("unix_stream");
  auto& options = *request.mutable_spec()->mutable_measure()->mutable_options();
  options["send_buffer"] = "1000000000";
  const auto refused = server.client().Create(request);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.status.error_message() + refused.status.error_details(),
              HasSubstr("net.core.wmem_max"));
}

TEST(TrustTest, WhatIsFasterThanTheClockIsTimedInBatches) {
  const LabServer server;
  const E done = server.client().CreateAndFinish(OfTime("null", 100'000'000));
  const v1::Latency& latency = done.result().metrics().latencies(0);
  const double cost = done.result().environment().clock_cost_nanos();
  int64_t median = 0;
  for (const v1::Percentile& each : latency.percentiles()) {
    if (each.percent() == 50) median = each.nanos();
  }
  if (static_cast<double>(median) >= 5 * cost) GTEST_SKIP() << "the clock costs " << cost << " ns";
  EXPECT_GT(latency.batch(), 1);
  EXPECT_LE(latency.count() * latency.batch(), done.step() + latency.batch());
  EXPECT_THAT(done.result().warnings(), Not(Contains(Result::CLOCK_COARSE)));
}

TEST(TrustTest, TheWholeHostIsInTheRecord) {
  const LabServer server;
  const v1::Environment host = server.client().CreateAndFinish(Measure()).result().environment();
  EXPECT_NE(host.host_class(), "");
  EXPECT_GT(host.memory_bytes(), 0);
  EXPECT_EQ(host.versions().count("grpc"), 1u);
  EXPECT_EQ(host.virtual_machine(), !host.hypervisor().empty());
}

}  // namespace
}  // namespace ipclab
