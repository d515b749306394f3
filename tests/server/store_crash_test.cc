// The store's promise: what was reported as done outlives the process, and no batch is ever there
// in part. A real writer is killed at moments that the test does not choose.
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

#include "gtest/gtest.h"
#include "server/store.h"
#include "tests/server/store_support.h"
#include "tests/server/test_child.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

constexpr int kRounds = 20;
constexpr std::chrono::milliseconds kPatience = std::chrono::minutes(1);

// The last number that the writer reported, with what was still in the pipe when it died.
int64_t Drain(TestChild& writer, int64_t last) {
  while (const std::optional<int64_t> number = writer.Read(std::chrono::milliseconds(0))) {
    last = *number;
  }
  return last;
}

TEST(StoreCrashTest, WhatWasReportedOutlivesSigkillAndNoBatchIsThereInPart) {
  const TemporaryFolder folder;
  const std::string path = folder / "store.db";
  std::mt19937 random(std::random_device{}());
  int64_t reported = 0;
  for (int round = 0; round < kRounds; ++round) {
    {
      TestChild writer(STORE_WRITER, path);
      // Some rounds end while it still opens, the others after so many reports.
      const int wanted = static_cast<int>(random() % 20);
      if (wanted < 5) {
        reported = writer.Read(std::chrono::milliseconds(5 * wanted)).value_or(reported);
      }
      for (int i = 5; i < wanted; ++i) {
        const std::optional<int64_t> number = writer.Read(kPatience);
        ASSERT_TRUE(number) << "the writer failed in round " << round;
        reported = *number;
      }
      ASSERT_TRUE(writer.Kill()) << "the writer failed in round " << round;
      reported = Drain(writer, reported);
    }
    absl::StatusOr<std::unique_ptr<Store>> store = Store::Open(path);
    ASSERT_TRUE(store.ok()) << store.status();
    const absl::StatusOr<StoreContents> contents = (*store)->Load();
    ASSERT_TRUE(contents.ok()) << contents.status();
    const int64_t there = CountBatches(*contents);
    ASSERT_NE(there, -1) << "a batch is there in part after round " << round;
    ASSERT_GE(there, reported) << "a batch that was reported is lost after round " << round;
    reported = there;
  }
  EXPECT_GT(reported, 0);
}

}  // namespace
}  // namespace ipclab
