#include "server/explore/exploration.h"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/program/schedule.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/durations.h"
#include "tests/server/explore/plan_of.h"
#include "tests/server/patience.h"

namespace ipclab {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Request = v1::ExploreProgramRequest;

// What a busy host may add to a stop.
#ifdef IPCLAB_SANITIZE
constexpr absl::Duration kBusy = absl::Seconds(5);
#else
constexpr absl::Duration kBusy = absl::Milliseconds(100);
#endif

// (4n)! / (2n)!^2 of these are too many for any test.
const std::string kEndless = LostUpdate(30);

struct Told {
  absl::StatusOr<v1::Exploration> whole;
  std::vector<v1::ExploreProgress> progress;
  std::vector<v1::ExploreFinding> findings;
};

Told ExploreAll(const Request& request, const StartRuns& start_runs = nullptr) {
  Told told;
  const ExplorePlan plan = PlanOf(request);
  told.whole = Explore(plan, start_runs, std::stop_token(), [&](v1::ExploreEvent event) {
    EXPECT_FALSE(event.has_exploration());
    if (event.has_progress()) told.progress.push_back(event.progress());
    if (event.has_finding()) told.findings.push_back(event.finding());
  });
  EXPECT_TRUE(told.whole.ok()) << told.whole.status();
  return told;
}

std::map<std::string, std::string> NumbersOf(const v1::Exploration& whole) {
  std::map<std::string, std::string> histogram;
  for (const v1::ExploreOutcome& each : whole.outcomes()) {
    histogram[each.outcome()] = each.schedules();
  }
  return histogram;
}

using Numbers = std::map<std::string, std::string>;

TEST(ExplorationTest, CountsByStatesAndByEverySchedule) {
  Request request = ExploreText(LostUpdate(), Request::COUNT);
  for (const auto reduction : {Request::STATE, Request::NONE}) {
    request.set_reduction(reduction);
    const Told told = ExploreAll(request);
    EXPECT_TRUE(told.whole->complete());
    EXPECT_EQ(told.whole->schedules(), "6");
    EXPECT_EQ(told.whole->failing(), "4");
    EXPECT_EQ(told.whole->deadlocked(), "0");
    EXPECT_EQ(told.whole->reduction(), reduction);
    EXPECT_EQ(told.whole->min_preemptions(), 1);
    EXPECT_EQ(NumbersOf(*told.whole), (Numbers{{"counter=1", "4"}, {"counter=2", "2"}}));
    EXPECT_EQ(told.whole->states(), reduction == Request::STATE ? 12 : 0);
    EXPECT_EQ(told.whole->program(), "program");
    EXPECT_EQ(told.whole->hash().size(), 8u);
  }
}

TEST(ExplorationTest, TheFindingIsToldBeforeTheEndAndCanBeReplayed) {
  const Told told = ExploreAll(ExploreText(LostUpdate(), Request::COUNT));
  ASSERT_EQ(told.findings.size(), 1u);
  const v1::ExploreFinding& finding = told.findings[0];
  EXPECT_EQ(finding.SerializeAsString(), told.whole->finding().SerializeAsString());
  EXPECT_THAT(finding.check(), StartsWith("finally counter == 2 * 1: counter is 1"));
  EXPECT_EQ(finding.preemptions(), 1);
  EXPECT_FALSE(finding.explanation().empty());
  for (const std::string& line : {finding.schedule(), finding.found_schedule()}) {
    const auto schedule = ParseSchedule(line);
    ASSERT_TRUE(schedule.ok()) << schedule.status();
    EXPECT_EQ(schedule->hash, told.whole->hash());
    EXPECT_EQ(schedule->steps.size(), 4u);
  }
}

TEST(ExplorationTest, WithoutAFailureThereIsNoFinding) {
  const Told told = ExploreAll(ExploreText(kNeverFails, Request::COUNT));
  EXPECT_TRUE(told.findings.empty());
  EXPECT_FALSE(told.whole->has_finding());
  EXPECT_FALSE(told.whole->has_min_preemptions());
  EXPECT_EQ(told.whole->failing(), "0");
}

TEST(ExplorationTest, WhatIsCyclicHasNoNumberOfSchedules) {
  const Told told = ExploreAll(ExploreText(kCyclic, Request::COUNT));
  EXPECT_TRUE(told.whole->cyclic());
  EXPECT_TRUE(told.whole->complete());
  EXPECT_EQ(told.whole->schedules(), "");
  EXPECT_EQ(told.whole->failing(), "");
  EXPECT_GT(told.whole->states(), 0);
  for (const v1::ExploreOutcome& each : told.whole->outcomes()) EXPECT_EQ(each.schedules(), "");
}

TEST(ExplorationTest, ProgressSaysHowFarAnEnumerationIsOfAllSchedules) {
  Request request = ExploreText(LostUpdate(6), Request::COUNT);
  request.set_reduction(Request::NONE);
  const Told told = ExploreAll(request);
  ASSERT_FALSE(told.progress.empty());
  double before = 0;
  for (const v1::ExploreProgress& each : told.progress) {
    EXPECT_EQ(each.total(), "2704156");
    EXPECT_GT(each.share(), before);
    EXPECT_LE(each.share(), 1);
    before = each.share();
    EXPECT_GE(each.seconds(), 0.2);
    EXPECT_GT(each.schedules_per_second(), 0);
    EXPECT_GT(each.seconds_left(), 0);
    EXPECT_GT(each.outcomes_size(), 0);
  }
  EXPECT_EQ(told.whole->schedules(), "2704156");
  EXPECT_EQ(told.whole->failing(), "2703232");
  EXPECT_GT(told.whole->schedules_per_second(), 0);
}

TEST(ExplorationTest, ItsTimeEndsItWithWhatIsKnownSoFar) {
  Request request = ExploreText(kEndless, Request::COUNT);
  request.set_reduction(Request::NONE);
  request.mutable_time_limit()->set_nanos(300'000'000);
  const absl::Time begin = MonotonicNow();
  const Told told = ExploreAll(request);
  EXPECT_LT(MonotonicNow() - begin, absl::Milliseconds(300) + 2 * kBusy);
  EXPECT_FALSE(told.whole->complete());
  EXPECT_EQ(told.whole->stopped_at(), "the limit of 0.3 s");
  EXPECT_THAT(told.whole->verdict(), StartsWith("Stopped at the limit of 0.3 s: "));
  EXPECT_GT(told.whole->runs(), 0);
}

TEST(ExplorationTest, TheLimitOfSchedulesEndsIt) {
  Request request = ExploreText(kEndless, Request::COUNT);
  request.set_reduction(Request::NONE);
  request.set_max_schedules(100);
  const Told told = ExploreAll(request);
  EXPECT_FALSE(told.whole->complete());
  EXPECT_EQ(told.whole->runs(), 100);
  EXPECT_EQ(told.whole->stopped_at(), "the limit of 100 schedules");
}

// Stops the exploration when it is well under way, and tells how long that took.
absl::Duration StopOf(const ExplorePlan& plan, const StartRuns& start_runs = nullptr) {
  std::stop_source stop;
  Mailbox<bool> under_way;
  absl::Status status;
  std::thread exploring([&] {
    status = Explore(plan, start_runs, stop.get_token(), [&](const v1::ExploreEvent& event) {
               if (event.has_progress()) under_way.Put(true);
             }).status();
  });
  under_way.Take();
  const absl::Time begin = MonotonicNow();
  stop.request_stop();
  exploring.join();
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  return MonotonicNow() - begin;
}

TEST(ExplorationTest, AStopIsObeyedSoon) {
  Request request = ExploreText(kEndless, Request::COUNT);
  request.set_reduction(Request::NONE);
  EXPECT_LT(StopOf(PlanOf(request)), kBusy);
}

// Makes nothing, and says so as it is told to.
class FakeRuns final : public RealRuns {
 public:
  absl::Status AwaitReady(absl::Duration) override { return absl::OkStatus(); }
  absl::Status Add(const Run&) override {
    if (stopped_) return absl::CancelledError("stopped");
    if (++made_ == fails_at_) return absl::AbortedError("the kernel did something else");
    return absl::OkStatus();
  }
  absl::Status Finish() override { return absl::OkStatus(); }
  void Stop() override { stopped_ = true; }
  int64_t made() const override { return made_; }
  int groups() const override { return 2; }
  bool spins() const override { return true; }

  bool stopped() const { return stopped_; }
  void FailAt(int64_t run) { fails_at_ = run; }

 private:
  std::atomic<bool> stopped_ = false;
  int64_t made_ = 0;
  int64_t fails_at_ = -1;
};

StartRuns Starting(const std::shared_ptr<FakeRuns>& runs) {
  return [runs](const v1::ProgramSpec& program, const RunsReply& reply) {
    EXPECT_EQ(program.mechanisms().at("counter").mechanism(), "posix_shm");
    reply(runs);
  };
}

Request RealCount(const std::string& source) {
  Request request = ExploreText(source, Request::COUNT);
  request.set_engine(Request::REAL);
  request.set_reduction(Request::NONE);
  return request;
}

TEST(ExplorationOnProcessesTest, EveryRunIsMadeAndTheWorkersAreLetGo) {
  const auto runs = std::make_shared<FakeRuns>();
  const Told told = ExploreAll(RealCount(LostUpdate()), Starting(runs));
  EXPECT_EQ(runs->made(), 6);
  EXPECT_TRUE(runs->stopped());
  EXPECT_EQ(told.whole->groups(), 2);
  EXPECT_EQ(told.whole->hand_over(), "SPINNING");
  EXPECT_EQ(told.whole->verdict(), "All 6 schedules were executed on processes; 4 of them fail.");
}

TEST(ExplorationOnProcessesTest, WhatWentWrongWithARunIsItsEnd) {
  const auto runs = std::make_shared<FakeRuns>();
  runs->FailAt(3);
  const ExplorePlan plan = PlanOf(RealCount(LostUpdate()));
  const auto whole = Explore(plan, Starting(runs), std::stop_token(), [](const auto&) {});
  EXPECT_TRUE(absl::IsAborted(whole.status())) << whole.status();
  EXPECT_TRUE(runs->stopped());
}

TEST(ExplorationOnProcessesTest, WorkersThatCannotBeStartedAreItsEnd) {
  const ExplorePlan plan = PlanOf(RealCount(LostUpdate()));
  const auto whole = Explore(
      plan,
      [](const auto&, const RunsReply& reply) {
        reply(absl::ResourceExhaustedError("too many workers"));
      },
      std::stop_token(), [](const auto&) {});
  EXPECT_TRUE(absl::IsResourceExhausted(whole.status())) << whole.status();
}

TEST(ExplorationOnProcessesTest, AStopEndsTheWorkersToo) {
  const auto runs = std::make_shared<FakeRuns>();
  EXPECT_LT(StopOf(PlanOf(RealCount(kEndless)), Starting(runs)), kBusy);
  EXPECT_TRUE(runs->stopped());
}

TEST(ExplorationOnProcessesTest, WorkersThatComeAfterTheStopAreStopped) {
  const ExplorePlan plan = PlanOf(RealCount(LostUpdate()));
  std::stop_source stop;
  Mailbox<RunsReply> wanted;
  std::thread exploring([&] {
    const auto whole = Explore(
        plan, [&](const auto&, RunsReply reply) { wanted.Put(std::move(reply)); }, stop.get_token(),
        [](const auto&) {});
    EXPECT_TRUE(absl::IsCancelled(whole.status())) << whole.status();
  });
  const auto reply = wanted.Take();
  stop.request_stop();
  exploring.join();
  const auto late = std::make_shared<FakeRuns>();
  ASSERT_TRUE(reply.has_value());
  (*reply)(late);
  EXPECT_TRUE(late->stopped());
}

}  // namespace
}  // namespace ipclab
