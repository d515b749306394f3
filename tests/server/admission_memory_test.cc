#include "server/admission_memory.h"

#include <cstdint>
#include <limits>
#include <string>

#include "common/pages.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/host/memory.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

using testing::HasSubstr;

constexpr int64_t kMebibyte = 1 << 20;

ExperimentPlan Plan(size_t workers, int64_t message_bytes) {
  ExperimentPlan plan;
  plan.shape.roles.resize(workers, internal::INITIATOR);
  plan.shape.links.push_back({{0}, {static_cast<int>(workers) - 1}, true});
  plan.spec.mutable_measure()->set_message_bytes(message_bytes);
  return plan;
}

TEST(MemoryNeededTest, GrowsByTwoMessagesPerWorker) {
  EXPECT_EQ(MemoryNeeded(Plan(2, 64 * kMebibyte)) - MemoryNeeded(Plan(2, 0)), 256 * kMebibyte);
  EXPECT_EQ(MemoryNeeded(Plan(1, 64 * kMebibyte)) - MemoryNeeded(Plan(1, 0)), 128 * kMebibyte);
}

TEST(MemoryNeededTest, CountsThePagesOnceAndEachWorker) {
  const int64_t of_one = MemoryNeeded(Plan(1, 0)) - static_cast<int64_t>(PagesBytes(1));
  EXPECT_GT(of_one, 288 << 10) << "a worker at work has so much of its own";
  EXPECT_EQ(MemoryNeeded(Plan(2, 0)) - static_cast<int64_t>(PagesBytes(2)), 2 * of_one);
}

TEST(CheckMemoryTest, WhatFitsExactlyIsAllowed) {
  EXPECT_TRUE(CheckMemory(40, 60, 100).ok());
  EXPECT_FALSE(CheckMemory(41, 60, 100).ok());
  EXPECT_TRUE(CheckMemory(1, 0, std::numeric_limits<int64_t>::max()).ok());
}

TEST(CheckMemoryTest, ARefusalSaysWhatWouldBeNeeded) {
  const absl::Status status = CheckMemory(10 * kMebibyte + 1, 95 * kMebibyte, 100 * kMebibyte);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  const std::string message(status.message());
  EXPECT_THAT(message, HasSubstr("may need 11 MiB"));
  EXPECT_THAT(message, HasSubstr("95 MiB of the 100 MiB"));
  EXPECT_THAT(message, HasSubstr("cancel some"));
}

TEST(CheckMemoryTest, WhatNeverFitsIsNotToldToWait) {
  const absl::Status status = CheckMemory(101 * kMebibyte, 0, 100 * kMebibyte);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("use smaller messages"));
  EXPECT_THAT(std::string(status.message()), testing::Not(HasSubstr("wait")));
}

TEST(HostMemoryTest, AControlGroupMayAllowLess) {
  const TemporaryFolder folder;
  folder.Write("limited", "1048576\n");
  folder.Write("unlimited", "max\n");
  EXPECT_EQ(MemoryLimitOf(folder / "limited", 7), 1048576);
  EXPECT_EQ(MemoryLimitOf(folder / "unlimited", 7), 7);
  EXPECT_EQ(MemoryLimitOf(folder / "missing", 7), 7);
  EXPECT_GT(HostMemoryBytes(), kMebibyte);
}

}  // namespace
}  // namespace ipclab
