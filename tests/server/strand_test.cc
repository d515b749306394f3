#include "server/strand.h"

#include <memory>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;

TEST(StrandTest, RunsAtOnceWhenIdle) {
  Strand strand;
  bool ran = false;
  strand.Post([&] { ran = true; });
  EXPECT_TRUE(ran);
}

TEST(StrandTest, APostFromWithinRunsAfterwardsAndInOrder) {
  Strand strand;
  std::vector<int> order;
  strand.Post([&] {
    strand.Post([&] {
      order.push_back(2);
      strand.Post([&] { order.push_back(4); });
    });
    strand.Post([&] { order.push_back(3); });
    order.push_back(1);
  });
  EXPECT_THAT(order, ElementsAre(1, 2, 3, 4));
}

TEST(StrandTest, AClosureIsDestroyedBeforeTheNextRuns) {
  Strand strand;
  const auto held = std::make_shared<int>();
  long holders = 0;
  strand.Post([&] {
    strand.Post([held] {});
    strand.Post([&] { holders = held.use_count(); });
  });
  EXPECT_EQ(holders, 1);
}

TEST(StrandTest, ThreadsNeverOverlapAndEachKeepsItsOrder) {
  constexpr int kThreads = 4;
  constexpr int kPosts = 5000;
  Strand strand;
  int inside = 0;  // plain: the strand is what guards these
  int overlaps = 0;
  std::vector<std::vector<int>> seen(kThreads);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kPosts; ++i) {
        strand.Post([&, thread, i] {
          overlaps += inside++ != 0;
          seen[static_cast<size_t>(thread)].push_back(i);
          --inside;
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(overlaps, 0);
  for (const std::vector<int>& posts : seen) {
    ASSERT_EQ(posts.size(), static_cast<size_t>(kPosts)) << "some were lost";
    EXPECT_TRUE(std::is_sorted(posts.begin(), posts.end()));
  }
}

}  // namespace
}  // namespace ipclab
