// Explorations through a real server: what they find, who may have one, and how they end.

#include <thread>

#include "absl/time/clock.h"
#include "common/program/schedule.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/explore_calls.h"
#include "tests/e2e/program_lab.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Request = v1::ExploreProgramRequest;

constexpr absl::Duration kBusy = absl::Seconds(5);

// More schedules than anybody has time for.
Request Endless() {
  Request request = Exploring(OnProgram("lost_update", "racy", {{"rounds", 50}}), Request::COUNT);
  request.set_reduction(Request::NONE);
  return request;
}

TEST(ExploreTest, CountsTheLostUpdateExactly) {
  const ProgramLab lab;
  for (const auto reduction : {Request::STATE, Request::NONE}) {
    Request request = Exploring(OnProgram("lost_update"), Request::COUNT);
    request.set_reduction(reduction);
    const v1::Exploration whole = ExploreToEnd(lab, request);
    EXPECT_TRUE(whole.complete());
    EXPECT_EQ(whole.schedules(), "6");
    EXPECT_EQ(whole.failing(), "4");
    EXPECT_EQ(whole.min_preemptions(), 1);
    ASSERT_EQ(whole.outcomes_size(), 2);
    EXPECT_EQ(whole.outcomes(0).outcome(), "counter=11");
    EXPECT_EQ(whole.outcomes(0).schedules(), "4");
    EXPECT_EQ(whole.program(), "lost_update");
    EXPECT_EQ(whole.variant(), "racy");
    EXPECT_TRUE(whole.has_finding());
  }
  Request locked = Exploring(OnProgram("lost_update", "mutex"), Request::COUNT);
  const v1::Exploration whole = ExploreToEnd(lab, locked);
  EXPECT_EQ(whole.failing(), "0");
  EXPECT_FALSE(whole.has_finding());
}

TEST(ExploreTest, WhatIsFoundCanBeReplayedShrunkAndExplained) {
  const ProgramLab lab;
  const v1::Exploration whole =
      ExploreToEnd(lab, Exploring(OnProgram("lost_update"), Request::COUNT));
  v1::ReplayScheduleRequest replay;
  replay.set_schedule(whole.finding().schedule());
  v1::ReplayScheduleResponse replayed;
  ASSERT_TRUE(
      lab.programs()->ReplaySchedule(lab.client().NewContext().get(), replay, &replayed).ok());
  EXPECT_THAT(replayed.view().verdict().ShortDebugString(), HasSubstr("counter is 11"));

  v1::ShrinkScheduleRequest shrink;
  shrink.set_schedule("lost_update racy : A B A B");
  v1::ShrinkScheduleResponse shrunk;
  ASSERT_TRUE(
      lab.programs()->ShrinkSchedule(lab.client().NewContext().get(), shrink, &shrunk).ok());
  EXPECT_EQ(shrunk.preemptions(), 1);
  v1::ExplainScheduleRequest explain;
  explain.set_schedule(shrunk.schedule());
  v1::ExplainScheduleResponse explained;
  ASSERT_TRUE(
      lab.programs()->ExplainSchedule(lab.client().NewContext().get(), explain, &explained).ok());
  EXPECT_EQ(explained.check(), shrunk.check());
  EXPECT_FALSE(explained.explanation().sentence().empty());

  shrink.set_schedule("lost_update racy : A2 B2");
  EXPECT_TRUE(
      Refused(lab.programs()->ShrinkSchedule(lab.client().NewContext().get(), shrink, &shrunk),
              grpc::FAILED_PRECONDITION, "SCHEDULE_PASSES"));
  explain.set_schedule("lost_update racy @12345678 : A B");
  EXPECT_THAT(ViolatedFields(lab.programs()->ExplainSchedule(lab.client().NewContext().get(),
                                                             explain, &explained)),
              ElementsAre("schedule"));
}

TEST(ExploreTest, FindsTheFirstFailureOfATextOfTheClient) {
  const ProgramLab lab;
  const v1::Exploration whole = ExploreToEnd(
      lab, Exploring(OnSource("mutex a\nmutex b\n"
                              "process P { lock(a)\n lock(b)\n unlock(b)\n unlock(a) }\n"
                              "process Q { lock(b)\n lock(a)\n unlock(a)\n unlock(b) }\n"),
                     Request::FIND));
  ASSERT_TRUE(whole.has_finding());
  EXPECT_EQ(whole.program(), "program");
  EXPECT_EQ(whole.finding().preemptions(), 1);
  EXPECT_EQ(whole.verdict(), "A schedule with 1 preemption fails; none with fewer does.");
  EXPECT_EQ(whole.finding().details().waits_size(), 2) << "of a deadlock, who waits for whom";
}

TEST(ExploreTest, ASampleCanBeDrawnAgainByItsSeed) {
  const ProgramLab lab;
  Request request = Exploring(OnProgram("lost_update", "racy", {{"rounds", 3}}), Request::SAMPLE);
  request.set_max_schedules(50);
  const v1::Exploration first = ExploreToEnd(lab, request);
  EXPECT_EQ(first.runs(), 50);
  request.set_seed(first.seed());
  const v1::Exploration again = ExploreToEnd(lab, request);
  ASSERT_EQ(again.outcomes_size(), first.outcomes_size());
  for (int i = 0; i < first.outcomes_size(); ++i) {
    EXPECT_EQ(again.outcomes(i).SerializeAsString(), first.outcomes(i).SerializeAsString());
  }
}

TEST(ExploreTest, ACyclicProgramHasStatesAndNoNumberOfSchedules) {
  const ProgramLab lab;
  const v1::Exploration whole = ExploreToEnd(
      lab, Exploring(OnSource("shared turn = 0\n"
                              "process P[2] { while turn != self { }\n turn = 1 - self }\n"),
                     Request::COUNT));
  EXPECT_TRUE(whole.cyclic());
  EXPECT_EQ(whole.schedules(), "");
  EXPECT_GT(whole.states(), 0);
  EXPECT_THAT(whole.verdict(), HasSubstr("infinitely many schedules"));
}

TEST(ExploreTest, ProcessesComeToWhatTheModelSays) {
  const ProgramLab lab;
  Request request = Exploring(OnProgram("lost_update"), Request::COUNT, Request::REAL);
  request.set_reduction(Request::NONE);
  const v1::Exploration whole = ExploreToEnd(lab, request);
  EXPECT_EQ(whole.schedules(), "6");
  EXPECT_EQ(whole.failing(), "4");
  EXPECT_GE(whole.groups(), 1);
  EXPECT_FALSE(whole.hand_over().empty());
}

TEST(ExploreTest, EveryMistakeIsNamedAtOnce) {
  const ProgramLab lab;
  Request request = Exploring(OnProgram("lost_updates"), Request::FIND);
  request.set_reduction(Request::NONE);
  request.set_max_preemptions(7);
  ExploreStream stream(lab, request);
  EXPECT_THAT(ViolatedFields(stream.Finish()),
              testing::UnorderedElementsAre("program.program", "reduction", "max_preemptions"));
}

TEST(ExploreTest, MoreThanMayRunAtOnceAreToldToComeLater) {
  const ProgramLab lab;
  std::vector<std::unique_ptr<ExploreStream>> streams;
  for (int i = 0; i < lab.client().Info()->limits().explorations().max_explorations(); ++i) {
    streams.push_back(std::make_unique<ExploreStream>(lab, Endless()));
  }
  for (const auto& stream : streams) ASSERT_TRUE(stream->AwaitProgress());
  ExploreStream one_more(lab, Endless());
  const grpc::Status refused = one_more.Finish();
  EXPECT_TRUE(Refused(refused, grpc::RESOURCE_EXHAUSTED, "QUOTA_EXCEEDED"));
  // Others are served meanwhile.
  const std::string name = lab.Ready(OnProgram("lost_update"));
  EXPECT_TRUE(lab.Step(name, "A").ok());
  for (const auto& stream : streams) {
    stream->Cancel();
    EXPECT_EQ(stream->Finish().error_code(), grpc::CANCELLED);
  }
}

TEST(ExploreTest, ACancelledOneMakesRoomSoon) {
  const ProgramLab lab;
  const int most = lab.client().Info()->limits().explorations().max_explorations();
  for (int i = 0; i < 3 * most; ++i) {
    ExploreStream stream(lab, Endless());
    ASSERT_TRUE(stream.AwaitProgress()) << stream.Finish().error_message();
    stream.Cancel();
    stream.Finish();
  }
}

TEST(ExploreTest, ItsTimeIsLimited) {
  const ProgramLab lab;
  Request request = Endless();
  request.mutable_time_limit()->set_nanos(300'000'000);
  const absl::Time begin = absl::Now();
  const v1::Exploration whole = ExploreToEnd(lab, request);
  EXPECT_LT(absl::Now() - begin, kBusy);
  EXPECT_FALSE(whole.complete());
  EXPECT_EQ(whole.stopped_at(), "the limit of 0.3 s");
}

TEST(ExploreTest, TheServersStopEndsIt) {
  ProgramLab lab;
  ExploreStream model(lab, Endless());
  Request on_processes = Endless();
  on_processes.set_engine(Request::REAL);
  ExploreStream real(lab, on_processes);
  ASSERT_TRUE(model.AwaitProgress());
  ASSERT_TRUE(real.AwaitProgress());
  const absl::Time begin = absl::Now();
  lab.server().Signal(SIGTERM);
  EXPECT_TRUE(Refused(model.Finish(), grpc::UNAVAILABLE, "SERVER_STOPPING"));
  EXPECT_TRUE(Refused(real.Finish(), grpc::UNAVAILABLE, "SERVER_STOPPING"));
  EXPECT_EQ(lab.server().AwaitExit(), 0) << lab.server().Complaints();
  EXPECT_LT(absl::Now() - begin, kBusy);
}

}  // namespace
}  // namespace ipclab
