#include "worker/figures.h"

#include <memory>

#include "gtest/gtest.h"

namespace ipclab {
namespace {

class FiguresTest : public testing::Test {
 protected:
  const Clock clock_ = Clock::System();  // a tick is a nanosecond
  const std::unique_ptr<WorkerPage> page_ = std::make_unique<WorkerPage>();
  Figures figures_{*page_, clock_, /*cpu=*/1};
};

TEST_F(FiguresTest, SpansFromTheBeginOfTheFirstMessageToTheNewest) {
  figures_.Count(100, {150, 1}, 8);
  figures_.Count(160, {400, 1}, 8);
  EXPECT_EQ(page_->messages, 2);
  EXPECT_EQ(page_->bytes, 16);
  EXPECT_EQ(page_->span_nanos, 300);
}

TEST_F(FiguresTest, CountsEachChangeOfCpuOnce) {
  for (const int cpu : {1, 1, 0, 0, -1, 0, 1}) figures_.SawCpu(cpu);
  EXPECT_EQ(page_->migrations, 2);
}

TEST_F(FiguresTest, TakesALateMessageOffTheLostButNeverBelowNone) {
  figures_.Arrived({Arrival::kAfterGap, 3, 2});
  figures_.Arrived({Arrival::kLate, 1});
  EXPECT_EQ(page_->lost, 1);
  EXPECT_EQ(page_->reordered, 1);
  figures_.Clear();
  figures_.Arrived({Arrival::kLate, 2});
  EXPECT_EQ(page_->lost, 0);
  EXPECT_EQ(page_->reordered, 1);
}

TEST_F(FiguresTest, ClearsAllButProgress) {
  figures_.Progress();
  figures_.Count(0, {5, 0}, 8);
  figures_.Corrupted();
  figures_.Arrived({Arrival::kDuplicate, 1});
  figures_.Clear();
  EXPECT_EQ(page_->progress, 1u);
  EXPECT_EQ(page_->messages, 0);
  EXPECT_EQ(page_->bytes, 0);
  EXPECT_EQ(page_->span_nanos, 0);
  EXPECT_EQ(page_->corrupted, 0);
  EXPECT_EQ(page_->duplicated, 0);
  EXPECT_EQ(page_->migrations, 0);
}

}  // namespace
}  // namespace ipclab
