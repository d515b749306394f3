#include "gtest/gtest.h"
#include "tests/worker/lock_ends.h"

namespace ipclab {
namespace {

TEST(RwLockTest, AsManyAcquisitionsReadAsTheOptionSays) {
  for (const int percent : {0, 1, 50, 90, 100}) {
    LockEnds ends("rwlock", 0, {{"readers", std::to_string(percent)}});
    int reads = 0;
    for (int i = 0; i < 200; ++i) {
      ASSERT_EQ(ends[0].Acquire(), IoStatus::kOk);
      reads += !ends[0].IsHeldAlone();
      ASSERT_EQ(ends[0].Release(), IoStatus::kOk);
    }
    EXPECT_EQ(reads, 2 * percent);
  }
}

TEST(RwLockTest, ReadersShareItAndAWriterIsAlone) {
  for (const char* const prefer : {"readers", "writers"}) {
    LockEnds readers("rwlock", 2, {{"readers", "100"}, {"prefer", prefer}});
    ASSERT_EQ(readers[0].Acquire(), IoStatus::kOk);
    EXPECT_FALSE(readers[0].IsHeldAlone());
    EXPECT_EQ(readers[1].TryAcquire(), IoStatus::kOk);
    EXPECT_EQ(readers[2].TryAcquire(), IoStatus::kOk);
    for (size_t end = 0; end < 3; ++end) EXPECT_EQ(readers[end].Release(), IoStatus::kOk);

    LockEnds writers("rwlock", 1, {{"readers", "0"}, {"prefer", prefer}});
    ASSERT_EQ(writers[0].Acquire(), IoStatus::kOk);
    EXPECT_TRUE(writers[0].IsHeldAlone());
    EXPECT_EQ(writers[1].TryAcquire(), IoStatus::kWouldBlock);
    EXPECT_EQ(writers[0].Release(), IoStatus::kOk);
  }
}

TEST(RwLockTest, WhatIsTriedInVainIsTriedAgainAsTheSame) {
  // Of these a worker's first is to write, its second to read.
  LockEnds ends("rwlock", 1, {{"readers", "50"}});
  ASSERT_EQ(ends[0].Acquire(), IoStatus::kOk);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ends[1].TryAcquire(), IoStatus::kWouldBlock);
  ASSERT_EQ(ends[0].Release(), IoStatus::kOk);
  ASSERT_EQ(ends[1].TryAcquire(), IoStatus::kOk);
  EXPECT_TRUE(ends[1].IsHeldAlone());
  ASSERT_EQ(ends[1].Release(), IoStatus::kOk);
}

}  // namespace
}  // namespace ipclab
