// The way of runs from the thread that explores to the workers, with the test in the place of both.

#include "server/explore/run_queue.h"

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "common/program/compile.h"
#include "common/program/state.h"
#include "common/run_batch.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

Program TwoSteps() { return *CompileProgram("two", "shared x\nprocess P[2] { x = 1 }\n").program; }

class RunQueueTest : public testing::Test {
 protected:
  RunQueueTest() {
    std::vector<int64_t> state(static_cast<size_t>(queue_.program().state_words));
    state_ = state;
    EXPECT_TRUE(Follow(queue_.program(), steps_, state_.data()).ok());
  }

  ipclab::Run TheRun() const { return {steps_, state_.data(), true}; }

  const std::vector<Choose> steps_ = {{0, -1}, {1, -1}};
  std::vector<int64_t> state_;
  int stops_ = 0;
  RunQueue queue_{TwoSteps(), true, [this] { ++stops_; }};
};

TEST_F(RunQueueTest, WhatIsAddedIsTakenOnceAndTheFirstRunsTwice) {
  int batches = 0;
  queue_.Open([&batches] { ++batches; });
  EXPECT_TRUE(queue_.AwaitReady(absl::Minutes(1)).ok());
  ASSERT_TRUE(queue_.Add(TheRun()).ok());
  EXPECT_FALSE(queue_.Take().has_value()) << "it is not full";
  std::thread explorer([this] { EXPECT_TRUE(queue_.Finish().ok()); });
  std::optional<BatchOfRuns> batch;
  while (!(batch = queue_.Take())) std::this_thread::yield();
  EXPECT_FALSE(queue_.Take().has_value());
  EXPECT_EQ(batch->ends, (std::vector<uint32_t>{2, 4}));
  EXPECT_EQ(batch->steps, (std::vector<Choose>{{0, -1}, {1, -1}, {0, -1}, {1, -1}}));
  EXPECT_EQ(batch->pairs, 1u);
  EXPECT_EQ(batch->hashes.at(0), HashOf(queue_.program(), state_.data()));
  EXPECT_EQ(batch->hashes.at(0), batch->hashes.at(1));
  EXPECT_EQ(queue_.made(), 0);
  queue_.Done(1, absl::Milliseconds(1));
  explorer.join();
  EXPECT_EQ(batches, 1);
  EXPECT_EQ(queue_.made(), 1);
}

TEST_F(RunQueueTest, WhoAddsWaitsWhileTwoBatchesAreToBeMade) {
  queue_.Open([] {});
  std::atomic<int64_t> added = 0;
  std::thread explorer([&] {
    while (queue_.Add(TheRun()).ok()) ++added;
  });
  std::optional<BatchOfRuns> first;
  while (!(first = queue_.Take())) std::this_thread::yield();
  // One that waits and one that is filled.
  const auto runs = static_cast<int64_t>(first->ends.size());
  while (added.load() < runs + runs / 2) std::this_thread::yield();
  queue_.Fail(absl::AbortedError("no more"));
  explorer.join();
  EXPECT_LE(added.load(), 3 * runs + 3);
  EXPECT_EQ(queue_.Finish().message(), "no more");
}

TEST_F(RunQueueTest, StopEndsTheWorkersOnceAndWakesWhoWaits) {
  queue_.Open([] {});
  ASSERT_TRUE(queue_.Add(TheRun()).ok());
  std::thread explorer([this] { EXPECT_TRUE(absl::IsCancelled(queue_.Finish())); });
  while (!queue_.Take()) std::this_thread::yield();
  queue_.Stop();
  explorer.join();
  queue_.Stop();
  EXPECT_EQ(stops_, 1);
  EXPECT_TRUE(absl::IsCancelled(queue_.Add(TheRun())) || absl::IsCancelled(queue_.Finish()));
}

TEST_F(RunQueueTest, WorkersThatNeverCameAreTold) {
  queue_.Fail(absl::ResourceExhaustedError("no CPUs"));
  EXPECT_EQ(queue_.AwaitReady(absl::Minutes(1)).message(), "no CPUs");
}

TEST_F(RunQueueTest, BatchesGrowUntilTheyTakeAWhile) {
  queue_.Open([] {});
  std::thread explorer([this] {
    while (queue_.Add(TheRun()).ok()) {
    }
  });
  const auto next = [this](absl::Duration took) {
    std::optional<BatchOfRuns> batch;
    while (!(batch = queue_.Take())) std::this_thread::yield();
    queue_.Done(static_cast<int64_t>(batch->ends.size()), took);
    return batch->steps.size();
  };
  const size_t first = next(absl::Milliseconds(1));
  size_t grown = first;
  for (int i = 0; i < 10; ++i) grown = std::max(grown, next(absl::Milliseconds(1)));
  EXPECT_GT(grown, 2 * first);
  size_t shrunk = grown;
  for (int i = 0; i < 20; ++i) shrunk = next(absl::Seconds(1));
  EXPECT_LT(shrunk, first);
  queue_.Stop();
  explorer.join();
}

TEST_F(RunQueueTest, WorkersThatDoNotComeInTimeAreNotWaitedFor) {
  EXPECT_TRUE(absl::IsResourceExhausted(queue_.AwaitReady(absl::Milliseconds(1))));
}

// The steps of a batch and the runs in it have a place in a page.
TEST_F(RunQueueTest, NoBatchIsLargerThanItsPageHoweverLongTheRunsAre) {
  queue_.Open([] {});
  std::thread explorer([this] {
    for (const size_t steps : {RunBatch::kMaxSteps / 2 + 1, RunBatch::kMaxSteps, 1u,
                               RunBatch::kMaxSteps / 2, RunBatch::kMaxSteps / 3, 65'535u}) {
      const std::vector<Choose> run(steps, Choose{0, -1});
      for (int i = 0; i < 4; ++i) EXPECT_TRUE(queue_.Add({run, state_.data(), false}).ok());
    }
    EXPECT_TRUE(queue_.Finish().ok());
  });
  size_t runs = 0;
  while (runs < 24) {
    const std::optional<BatchOfRuns> batch = queue_.Take();
    if (!batch) {
      std::this_thread::yield();
      continue;
    }
    EXPECT_LE(batch->steps.size(), RunBatch::kMaxSteps);
    EXPECT_LE(batch->ends.size(), RunBatch::kMaxRuns);
    EXPECT_LE(2 * batch->pairs, batch->ends.size());
    runs += batch->ends.size() - batch->pairs;
    queue_.Done(1, absl::Milliseconds(1));
  }
  explorer.join();
  const std::vector<Choose> longer(RunBatch::kMaxSteps + 1, Choose{0, -1});
  EXPECT_TRUE(absl::IsResourceExhausted(queue_.Add({longer, state_.data(), false})));
}

}  // namespace
}  // namespace ipclab
