#include <atomic>
#include <cerrno>
#include <chrono>
#include <functional>
#include <thread>

#include "common/pages.h"
#include "gtest/gtest.h"
#include "tests/worker/lock_ends.h"
#include "tests/worker/shared_ring.h"
#include "worker/patterns/pattern.h"

namespace ipclab {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// Does what the test tells it to, and is taken by nobody.
class ToldLock final : public Lock {
 public:
  IoStatus Acquire() override { return acquire(); }
  IoStatus TryAcquire() override { return acquire(); }
  IoStatus Release() override { return release(); }
  bool IsHeldAlone() const override { return alone; }

  std::function<IoStatus()> acquire = [] { return IoStatus::kOk; };
  std::function<IoStatus()> release = [] { return IoStatus::kOk; };
  bool alone = true;
};

class ContentionTest : public testing::Test {
 protected:
  static constexpr int kMostWorkers = 3;

  void Crew(int workers) { workers_ = workers; }

  // One worker's leg, from Prepare to its end.
  LegOutcome Contend(Lock& lock, int index = 0) {
    internal::WorkerSetup setup;
    setup.set_index(index);
    setup.set_crew(workers_);
    setup.mutable_measure()->mutable_critical_section()->set_nanos(
        static_cast<int32_t>(section_.count()));
    Figures figures(page(index), clock_, -1);
    figures.Clear();
    // The others count as there: many a test has them contend one after the other.
    guarded().arrived = static_cast<uint32_t>(workers_ - 1);
    LockRun run = {lock, clock_, figures, leg_, setup, control()};
    return FindPattern(v1::Pattern::CONTENTION)->Find(internal::CONTENDER)->contend(run);
  }

  ControlPage& control() { return ControlPageOf(pages_.data()); }
  Guarded& guarded() { return control().guarded; }
  WorkerPage& page(int worker) { return WorkerPageOf(pages_.data(), worker); }
  int64_t messages() {
    int64_t sum = 0;
    for (int worker = 0; worker < kMostWorkers; ++worker) sum += page(worker).messages;
    return sum;
  }

  const SharedMemory pages_{PagesBytes(kMostWorkers)};
  const Clock clock_ = Clock::System();
  internal::Leg leg_;
  int workers_ = 1;
  nanoseconds section_{0};
  ToldLock told_;
};

TEST_F(ContentionTest, OneWorkerAloneCountsItsAcquisitionsBehindTheWarmUp) {
  leg_.set_warm_up(10);
  leg_.set_messages(100);
  EXPECT_TRUE(Contend(told_).ok());
  EXPECT_EQ(page(0).messages, 100);
  EXPECT_EQ(page(0).bytes, 0);
  EXPECT_EQ(page(0).progress, 110u);
  EXPECT_EQ(page(0).acquire.Snapshot().count, 100);
  EXPECT_EQ(page(0).hand_off.Snapshot().count, 0);
  EXPECT_GT(page(0).span_nanos, 0);
  EXPECT_EQ(guarded().taken, 110u);
  EXPECT_EQ(page(0).corrupted, 0);
}

TEST_F(ContentionTest, ALegIsOverWhenAllTogetherHadItOftenEnough) {
  Crew(3);
  leg_.set_warm_up(10);
  leg_.set_messages(1000);
  LockEnds ends("mutex", 2);
  {
    std::vector<std::jthread> threads;
    for (int worker = 0; worker < 3; ++worker) {
      threads.emplace_back(
          [&, worker] { EXPECT_TRUE(Contend(ends[static_cast<size_t>(worker)], worker).ok()); });
    }
  }
  EXPECT_EQ(guarded().taken, 3030u);
  EXPECT_EQ(messages(), 3000);
  int64_t timed = 0;
  for (int worker = 0; worker < 3; ++worker) {
    timed += page(worker).acquire.Snapshot().count;
    EXPECT_EQ(page(worker).corrupted, 0);
  }
  EXPECT_EQ(timed, 3000);
}

TEST_F(ContentionTest, AWorkerThatWasStarvedLeavesWhenItGetsTheLockAtLast) {
  Crew(2);
  leg_.set_duration_nanos(nanoseconds(milliseconds(2)).count());
  leg_.set_warm_up(1);
  EXPECT_TRUE(Contend(told_, 0).ok());
  EXPECT_GT(page(0).messages, 0);
  EXPECT_GE(page(0).span_nanos, nanoseconds(milliseconds(1)).count());
  EXPECT_TRUE(Contend(told_, 1).ok());
  EXPECT_EQ(page(1).messages, 0);
}

TEST_F(ContentionTest, WhoLeavesLateHasCompetedUntilTheLegWasOver) {
  Crew(2);
  leg_.set_messages(100);
  int taken = 0;
  told_.acquire = [&] {
    if (++taken > 1) {  // the other one has had all the rest, for a long time
      guarded().taken = 200;
      guarded().released = guarded().released + clock_.Ticks(nanoseconds(milliseconds(5)).count());
    }
    return IoStatus::kOk;
  };
  EXPECT_TRUE(Contend(told_).ok());
  EXPECT_EQ(page(0).messages, 1);
  EXPECT_GE(page(0).span_nanos, nanoseconds(milliseconds(5)).count());
}

TEST_F(ContentionTest, StoppingEndsIt) {
  leg_.set_messages(int64_t{1} << 60);
  int taken = 0;
  told_.acquire = [&] {
    if (++taken == 5) control().stop = 1;
    return IoStatus::kOk;
  };
  EXPECT_TRUE(Contend(told_).ok());
  EXPECT_EQ(taken, 5);
  EXPECT_EQ(page(0).messages, 4) << "what is stopped is not counted";
}

TEST_F(ContentionTest, HoldsTheLockForTheCriticalSection) {
  section_ = milliseconds(1);
  leg_.set_messages(3);
  uint64_t begin = 0;
  int64_t shortest = INT64_MAX;
  told_.acquire = [&] {
    begin = clock_.Now();
    return IoStatus::kOk;
  };
  told_.release = [&] {
    shortest = std::min(shortest, clock_.Nanos(begin, clock_.Now()));
    return IoStatus::kOk;
  };
  EXPECT_TRUE(Contend(told_).ok());
  EXPECT_GE(shortest, section_.count());
  EXPECT_LT(page(0).acquire.Snapshot().min, section_.count()) << "waiting is not holding";
}

TEST_F(ContentionTest, AHandOffIsTimedFromTheReleaseOfAnotherForWhichItWaited) {
  leg_.set_messages(3);
  told_.acquire = [&] {  // another worker releases it, and it takes a while to come over
    guarded().holder = 2;
    const uint64_t released = clock_.Now();
    guarded().released = released;
    while (clock_.Nanos(released, clock_.Now()) < 100'000) {
    }
    return IoStatus::kOk;
  };
  EXPECT_TRUE(Contend(told_).ok());
  EXPECT_EQ(page(0).hand_off.Snapshot().count, 3);
  EXPECT_GE(page(0).hand_off.Snapshot().min, 100'000);
}

TEST_F(ContentionTest, WhatWasFreeAlreadyWasNotHandedOver) {
  leg_.set_messages(3);
  told_.release = [&] {
    guarded().holder = 2;
    guarded().released = clock_.Now();
    return IoStatus::kOk;
  };
  EXPECT_TRUE(Contend(told_).ok());
  EXPECT_EQ(page(0).hand_off.Snapshot().count, 0);
}

TEST_F(ContentionTest, ReadersAreHandedTheLockByAWriterOnly) {
  told_.alone = false;
  leg_.set_messages(1);
  for (const uint32_t last : {2u, 2u | uint32_t{1} << 31}) {
    control().BeginLeg(1);
    told_.acquire = [&] {
      guarded().holder = last;
      guarded().released = clock_.Now();
      return IoStatus::kOk;
    };
    EXPECT_TRUE(Contend(told_).ok());
  }
  EXPECT_EQ(page(0).hand_off.Snapshot().count, 1);
}

TEST_F(ContentionTest, ALockThatLetsTwoInIsFoundOut) {
  leg_.set_messages(10);
  told_.acquire = [&] {
    guarded().inside = 2;
    return IoStatus::kOk;
  };
  EXPECT_TRUE(Contend(told_).ok());
  EXPECT_EQ(page(0).corrupted, 10);
  told_.alone = false;  // a reader beside a writer
  control().BeginLeg(1);
  EXPECT_TRUE(Contend(told_).ok());
  EXPECT_GE(page(0).corrupted, 10);
}

TEST_F(ContentionTest, ReadersTogetherAreNoViolation) {
  Crew(3);
  leg_.set_messages(1000);
  LockEnds ends("rwlock", 2, {{"readers", "80"}});
  {
    std::vector<std::jthread> threads;
    for (int worker = 0; worker < 3; ++worker) {
      threads.emplace_back(
          [&, worker] { EXPECT_TRUE(Contend(ends[static_cast<size_t>(worker)], worker).ok()); });
    }
  }
  EXPECT_EQ(messages(), 3000);
  for (int worker = 0; worker < 3; ++worker) EXPECT_EQ(page(worker).corrupted, 0);
}

TEST_F(ContentionTest, WhatTheLockRefusesEndsItByName) {
  leg_.set_messages(10);
  told_.acquire = [] { return IoStatus::kPeerClosed; };
  LegOutcome outcome = Contend(told_);
  EXPECT_EQ(outcome.status, IoStatus::kPeerClosed);
  EXPECT_STREQ(outcome.act, "acquire");
  told_.acquire = [] { return IoStatus::kOk; };
  told_.release = [] { return IoStatus::kError; };
  outcome = Contend(told_);
  EXPECT_EQ(outcome.status, IoStatus::kError);
  EXPECT_STREQ(outcome.act, "release");
}

}  // namespace
}  // namespace ipclab
