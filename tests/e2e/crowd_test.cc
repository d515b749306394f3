// Measurements with more than two workers under a real server: run, stepped, paused, and refused.

#include <string>
#include <tuple>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using testing::HasSubstr;
using v1::Pattern;

v1::CreateExperimentRequest MeasureCrowd(const std::string& mechanism, Pattern::Kind pattern,
                                         int64_t messages, int many) {
  v1::CreateExperimentRequest request = Measure(mechanism, messages, pattern);
  v1::MeasureSpec& measure = *request.mutable_spec()->mutable_measure();
  measure.set_verify_payload(true);
  if (pattern == Pattern::FAN_IN) measure.set_senders(many);
  if (pattern == Pattern::FAN_OUT || pattern == Pattern::BROADCAST) measure.set_receivers(many);
  if (pattern == Pattern::PIPELINE) measure.set_workers(many);
  return request;
}

int64_t ArrivalsOf(Pattern::Kind pattern, int many) {
  return pattern == Pattern::PIPELINE ? 1 : many;
}

void ExpectFaultless(const v1::Counters& total, int64_t messages) {
  EXPECT_EQ(total.messages(), messages);
  EXPECT_EQ(total.lost() + total.corrupted() + total.duplicated() + total.reordered(), 0);
}

// One object for all, a lane for each pair, and one object that shows all to all.
class CrowdTest : public testing::TestWithParam<std::tuple<std::string, Pattern::Kind>> {
 protected:
  const std::string mechanism_ = std::get<0>(GetParam());
  const Pattern::Kind pattern_ = std::get<1>(GetParam());
  const LabServer server_;
  const LabClient& client_ = server_.client();
};

TEST_P(CrowdTest, EightOfThemOnTheCpusThatThereAreCarryAllThatIsAsked) {
  constexpr int kEight = 8;
  for (const auto wait : {v1::MeasureSpec::BLOCK, v1::MeasureSpec::SPIN}) {
    auto request = MeasureCrowd(mechanism_, pattern_, 500, kEight);
    request.mutable_spec()->mutable_measure()->set_wait(wait);
    const E done = client_.CreateAndFinish(request);
    ASSERT_EQ(done.state(), E::SUCCEEDED) << done.end().ShortDebugString();
    EXPECT_EQ(done.workers_size(), pattern_ == Pattern::PIPELINE ? kEight : kEight + 1);
    ExpectFaultless(done.result().metrics().total(), 500 * ArrivalsOf(pattern_, kEight));
  }
}

TEST_P(CrowdTest, LegsOfStepsAndRunsFollowEachOtherAndEachIsWhole) {
  const int64_t arrivals = ArrivalsOf(pattern_, 3);
  const std::string name =
      client_.CreateReady(MeasureCrowd(mechanism_, pattern_, kEndless, 3)).name();
  for (int round = 0; round < 2; ++round) {
    for (const int64_t count : {1, 1, 7}) {
      const auto step = client_.Step(name, count);
      ASSERT_TRUE(step.ok()) << step.status.error_message();
      EXPECT_EQ(step->steps(), count);
      ExpectFaultless(step->metrics().total(), count * arrivals);
    }
    const int64_t before = client_.GetMetrics(name)->total().messages();
    ASSERT_TRUE(client_.Run(name).ok());
    MetricsStream metrics = client_.WatchMetrics(name, absl::Milliseconds(10));
    for (auto each = metrics.Next(); each && each->total().messages() <= before;) {
      each = metrics.Next();
    }
    const auto paused = client_.Pause(name);
    ASSERT_TRUE(paused.ok()) << paused.status.error_message() << "; "
                             << client_.Get(name)->ShortDebugString();
    EXPECT_EQ(paused->state(), E::PAUSED);
  }
  const v1::Metrics metrics = client_.GetMetrics(name).value;
  ExpectFaultless(metrics.total(), metrics.total().messages());
  EXPECT_TRUE(client_.Cancel(name).ok());
}

// In FAN_OUT the one sender's messages are dealt out, so that its rate is that of all receivers.
TEST_P(CrowdTest, EachSenderKeepsToTheRateThatIsOffered) {
  constexpr int64_t kMessages = 1000;
  constexpr double kPerSecond = 2000;
  auto request = MeasureCrowd(mechanism_, pattern_, kMessages, 3);
  request.mutable_spec()->mutable_measure()->mutable_load()->set_per_second(kPerSecond);
  const E done = client_.CreateAndFinish(request);
  ASSERT_EQ(done.state(), E::SUCCEEDED) << done.end().ShortDebugString();
  const v1::Metrics& metrics = done.result().metrics();
  ExpectFaultless(metrics.total(), kMessages * ArrivalsOf(pattern_, 3));
  const double due = kMessages * (pattern_ == Pattern::FAN_OUT ? 3 : 1) / kPerSecond;
  const double took = static_cast<double>(metrics.elapsed().seconds()) +
                      static_cast<double>(metrics.elapsed().nanos()) / 1e9;
  constexpr double kLate = 0.1;  // a span begins with the first message, which may come late
  EXPECT_GT(took, due - kLate);
}

INSTANTIATE_TEST_SUITE_P(
    Each, CrowdTest,
    testing::Values(std::tuple("pipe", Pattern::FAN_IN), std::tuple("mpmc_ring", Pattern::FAN_IN),
                    std::tuple("unix_stream", Pattern::FAN_IN),
                    std::tuple("sysv_mq", Pattern::FAN_OUT), std::tuple("tcp", Pattern::FAN_OUT),
                    std::tuple("fifo", Pattern::PIPELINE),
                    std::tuple("broadcast_ring", Pattern::BROADCAST),
                    std::tuple("unix_seqpacket", Pattern::BROADCAST)),
    [](const auto& test) {
      return std::get<0>(test.param) + "_" + Pattern::Kind_Name(std::get<1>(test.param));
    });

// On one CPU the sender that never waits is far ahead of receivers that spin.
TEST(CrowdLossTest, WhatEachReceiverOfABroadcastMissedIsALossAndNoFailure) {
  const LabServer server;
  constexpr int64_t kMessages = 100'000;
  auto request = MeasureCrowd("broadcast_ring", Pattern::BROADCAST, kMessages, 2);
  v1::MeasureSpec& measure = *request.mutable_spec()->mutable_measure();
  measure.set_wait(v1::MeasureSpec::SPIN);
  request.mutable_spec()->mutable_placement()->set_policy(v1::Placement::SAME_CPU);
  (*measure.mutable_options())["lagging"] = "drop_oldest";
  (*measure.mutable_options())["slots"] = "2";
  const E done = server.client().CreateAndFinish(request);
  ASSERT_EQ(done.state(), E::SUCCEEDED) << done.end().ShortDebugString();
  const v1::Metrics& metrics = done.result().metrics();
  EXPECT_GT(metrics.total().lost(), 0);
  for (const int receiver : {1, 2}) {
    const v1::Counters& counters = metrics.workers(receiver).counters();
    EXPECT_EQ(counters.messages() + counters.lost(), kMessages);
    EXPECT_EQ(counters.corrupted() + counters.duplicated() + counters.reordered(), 0);
  }
}

TEST(CrowdRefusalTest, WhatCannotBeCarriedIsRefusedWithWhatCan) {
  const LabServer server;
  const auto refusal = [&](const v1::CreateExperimentRequest& request) {
    const auto answer = server.client().Create(request);
    EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    return answer.status.error_message();
  };
  EXPECT_THAT(refusal(MeasureCrowd("memfd_ring", Pattern::FAN_IN, 10, 2)),
              AllOf(HasSubstr("FAN_IN"), HasSubstr("FAN_OUT")));
  auto mixed = MeasureCrowd("pipe", Pattern::FAN_IN, 10, 2);
  mixed.mutable_spec()->mutable_measure()->set_message_bytes(4097);
  EXPECT_THAT(refusal(mixed), HasSubstr("4096"));
  mixed.mutable_spec()->mutable_measure()->set_message_bytes(7);
  EXPECT_THAT(refusal(mixed), HasSubstr("8"));
}

}  // namespace
}  // namespace ipclab
