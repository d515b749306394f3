#include "common/pages.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "common/mapping.h"

namespace ipclab {
namespace {

// Different processes write these: each needs a line of its own.
static_assert(offsetof(ControlPage, stop) - offsetof(ControlPage, ball) >= kCacheLine);

// No constructor or destructor ever runs in shared memory.
static_assert(std::is_standard_layout_v<WorkerPage> &&
              std::is_trivially_destructible_v<WorkerPage>);

TEST(PagesTest, BlocksBeginOnPagesAndDoNotOverlap) {
  EXPECT_GE(WorkerPageOffset(0), sizeof(ControlPage));
  for (int worker = 0; worker < 64; ++worker) {
    EXPECT_EQ(WorkerPageOffset(worker) % kPageBytes, 0u);
    EXPECT_GE(WorkerPageOffset(worker + 1), WorkerPageOffset(worker) + sizeof(WorkerPage));
    EXPECT_GE(PagesBytes(worker + 1), WorkerPageOffset(worker) + sizeof(WorkerPage));
  }
}

TEST(PagesTest, ANewFileHoldsBlocksInWhichNothingHasHappened) {
  const auto file = CreateMemoryFile("test", PagesBytes(2));
  ASSERT_TRUE(file.ok()) << file.status();
  const auto mapping = Mapping::Shared(file->get(), PagesBytes(2));
  ASSERT_TRUE(mapping.ok()) << mapping.status();
  EXPECT_EQ(ControlPageOf(mapping->data()).stop, 0u);
  EXPECT_EQ(WorkerPageOf(mapping->data(), 1).messages, 0);
  EXPECT_EQ(WorkerPageOf(mapping->data(), 1).round_trip.Snapshot(), HistogramSnapshot());
}

TEST(PagesTest, TwoMappingsSeeTheSameBlocks) {
  const auto file = CreateMemoryFile("test", PagesBytes(2));
  const auto worker = Mapping::Shared(file->get(), PagesBytes(2));
  const auto server = Mapping::Shared(file->get(), PagesBytes(2));
  ASSERT_TRUE(worker.ok() && server.ok());
  WorkerPageOf(worker->data(), 1).messages = 7;
  WorkerPageOf(worker->data(), 1).send_call.Record(42);
  EXPECT_EQ(WorkerPageOf(server->data(), 1).messages, 7);
  EXPECT_EQ(WorkerPageOf(server->data(), 1).send_call.Snapshot().max, 42);
  EXPECT_EQ(WorkerPageOf(server->data(), 0).messages, 0);
}

}  // namespace
}  // namespace ipclab
