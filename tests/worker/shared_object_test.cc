#include "worker/shared_object.h"

#include <unistd.h>

#include <atomic>

#include "gtest/gtest.h"

namespace ipclab {
namespace {

struct SharedState {
  std::atomic<uint32_t> word = 5;
};

struct Large {
  std::atomic<uint32_t> words[100'000];
};

TEST(SharedObjectTest, WhatOneEndWritesTheOtherReads) {
  auto hosted = SharedObject<SharedState>::Host("state");
  ASSERT_TRUE(hosted.ok()) << hosted.status();
  auto joined = SharedObject<SharedState>::Join("state", hosted->offer);
  ASSERT_TRUE(joined.ok()) << joined.status();
  EXPECT_NE(&**joined, &*hosted->object) << "two mappings, as in two processes";
  EXPECT_EQ((*joined)->word, 5u) << "as it is made";
  hosted->object->word = 7;
  EXPECT_EQ((*joined)->word, 7u);
}

TEST(SharedObjectTest, IsPreparedBeforeItIsOffered) {
  auto hosted = SharedObject<SharedState>::Host("state", [](SharedState& state) {
    state.word = 9;
    return absl::OkStatus();
  });
  ASSERT_TRUE(hosted.ok()) << hosted.status();
  EXPECT_EQ(hosted->object->word, 9u);
  auto refused = SharedObject<SharedState>::Host(
      "state", [](SharedState&) { return absl::AbortedError("no"); });
  EXPECT_TRUE(absl::IsAborted(refused.status())) << refused.status();
}

TEST(SharedObjectTest, LivesOnInWhoIsLeftAndStaysWhereItIsWhenMoved) {
  auto hosted = SharedObject<SharedState>::Host("state");
  ASSERT_TRUE(hosted.ok()) << hosted.status();
  auto joined = SharedObject<SharedState>::Join("state", hosted->offer);
  ASSERT_TRUE(joined.ok()) << joined.status();
  { const auto gone = std::move(hosted->object); }
  hosted->offer.descriptors.clear();
  SharedState* const state = &**joined;
  const SharedObject<SharedState> moved = *std::move(joined);
  EXPECT_EQ(&*moved, state);
  EXPECT_EQ(moved->word, 5u);
}

TEST(SharedObjectTest, AnOfferThatIsNoneIsRefused) {
  auto hosted = SharedObject<SharedState>::Host("state");
  ASSERT_TRUE(hosted.ok()) << hosted.status();
  EXPECT_TRUE(absl::IsInvalidArgument(SharedObject<SharedState>::Join("state", {}).status()));
  const auto too_short = SharedObject<Large>::Join("state", hosted->offer);
  EXPECT_TRUE(absl::IsFailedPrecondition(too_short.status())) << too_short.status();
}

}  // namespace
}  // namespace ipclab
