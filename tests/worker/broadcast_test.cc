#include <atomic>
#include <thread>

#include "gtest/gtest.h"
#include "tests/support/nap.h"
#include "tests/worker/shared_ring.h"
#include "worker/mechanism.h"
#include "worker/ring/broadcast_ring.h"

namespace ipclab {
namespace {

constexpr size_t kWords = 512;  // a page: long enough to be caught in the middle of it

class OneBroadcastRing : public testing::Test {
 protected:
  void Make(size_t slots, Lagging lagging, uint32_t consumers) {
    layout_.emplace(BroadcastLayout{.message_bytes = kWords * sizeof(uint64_t),
                                    .slots = slots,
                                    .lagging = lagging,
                                    .consumers = consumers});
    memory_.emplace(layout_->bytes());
    layout_->Format(memory_->data());
  }
  BroadcastProducer Producer() const { return layout_->MakeWriter(memory_->data()); }
  // The next of them.
  BroadcastConsumer Consumer() const { return layout_->MakeReader(memory_->data()); }

  bool ProduceAll(uint64_t messages) const {
    BroadcastProducer producer = Producer();
    Words message(kWords);
    for (uint64_t number = 0; number < messages; ++number) {
      if (SendOn(producer, message.Filled(number)) != IoStatus::kOk) return false;
    }
    producer.Close();
    return true;
  }

  // True when this consumer sees all of them, whole and in order.
  bool SeesAll(uint64_t messages) const {
    BroadcastConsumer consumer = Consumer();
    Words message(kWords);
    for (uint64_t number = 0; number < messages; ++number) {
      if (ReceiveOn(consumer, message.bytes()) != IoStatus::kOk) return false;
      if (!message.IsWhole() || message.value() != number) return false;
    }
    return ReceiveOn(consumer, message.bytes()) == IoStatus::kPeerClosed;
  }

  // The number of the next message, or -1 when there is none.
  int64_t Next(BroadcastConsumer& consumer) {
    if (consumer.TryReceive(message_.bytes()) != IoStatus::kOk) return -1;
    return static_cast<int64_t>(message_.value());
  }

  std::optional<BroadcastLayout> layout_;
  std::optional<SharedMemory> memory_;
  Words message_{kWords};
};

TEST_F(OneBroadcastRing, EveryConsumerSeesEveryMessageInOrderAmongThreads) {
  constexpr uint64_t kMessages = 5000;
  Make(/*slots=*/2, Lagging::kWait, /*consumers=*/3);
  std::vector<std::jthread> threads;
  threads.emplace_back([&] { EXPECT_TRUE(ProduceAll(kMessages)); });
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] { EXPECT_TRUE(SeesAll(kMessages)); });
  }
}

TEST_F(OneBroadcastRing, EveryConsumerSeesEveryMessageInOrderAmongProcesses) {
  constexpr uint64_t kMessages = 5000;
  Make(/*slots=*/4, Lagging::kWait, /*consumers=*/3);
  std::vector<std::function<bool()>> acts = {[&] { return ProduceAll(kMessages); }};
  for (int i = 0; i < 3; ++i) {
    acts.push_back([&] { return SeesAll(kMessages); });
  }
  ExpectTrueInChildren(acts);
}

TEST_F(OneBroadcastRing, TheProducerWaitsForTheSlowestConsumerThatIsThere) {
  Make(/*slots=*/4, Lagging::kWait, /*consumers=*/2);
  BroadcastProducer producer = Producer();
  BroadcastConsumer quick = Consumer();
  BroadcastConsumer slow = Consumer();
  for (uint64_t number = 0; number < 4; ++number) {
    ASSERT_EQ(producer.TrySend(message_.Filled(number)), IoStatus::kOk);
    ASSERT_EQ(Next(quick), static_cast<int64_t>(number));
  }
  EXPECT_EQ(producer.TrySend(message_.Filled(4)), IoStatus::kWouldBlock);
  EXPECT_EQ(slow.Depth(), 4);
  EXPECT_EQ(Next(slow), 0);
  EXPECT_EQ(producer.TrySend(message_.Filled(4)), IoStatus::kOk);
  EXPECT_EQ(producer.TrySend(message_.Filled(5)), IoStatus::kWouldBlock);
  slow.Close();
  EXPECT_EQ(producer.TrySend(message_.Filled(5)), IoStatus::kOk);
  EXPECT_EQ(Next(quick), 4);
  EXPECT_EQ(Next(quick), 5);
}

TEST_F(OneBroadcastRing, WhereTheOldestAreDroppedNobodyWaitsAndWhoLagsGoesOnWithinTheRing) {
  Make(/*slots=*/8, Lagging::kDropOldest, /*consumers=*/2);
  BroadcastProducer producer = Producer();
  BroadcastConsumer quick = Consumer();
  BroadcastConsumer slow = Consumer();
  for (uint64_t number = 0; number < 100; ++number) {
    ASSERT_EQ(producer.TrySend(message_.Filled(number)), IoStatus::kOk);
    ASSERT_EQ(Next(quick), static_cast<int64_t>(number));
  }
  EXPECT_EQ(slow.Depth(), 8);
  for (const int64_t number : {96, 97, 98, 99, -1}) EXPECT_EQ(Next(slow), number);
}

TEST_F(OneBroadcastRing, WhoDoesNotLagByAWholeRingLosesNothing) {
  Make(/*slots=*/8, Lagging::kDropOldest, /*consumers=*/1);
  BroadcastProducer producer = Producer();
  BroadcastConsumer consumer = Consumer();
  for (int64_t first = 0; first < 80; first += 8) {
    for (int64_t i = 0; i < 8; ++i)
      producer.TrySend(message_.Filled(static_cast<uint64_t>(first + i)));
    for (int64_t i = 0; i < 8; ++i) ASSERT_EQ(Next(consumer), first + i);
  }
}

TEST_F(OneBroadcastRing, WhatIsOverwrittenWhileItIsReadIsThrownAwayAndTheLastIsSeen) {
  Make(/*slots=*/2, Lagging::kDropOldest, /*consumers=*/1);
  constexpr uint64_t kLast = ~uint64_t{0};
  std::atomic<uint64_t> got = 0;
  std::atomic<bool> enough = false;
  std::jthread thread([&] {
    BroadcastProducer producer = Producer();
    Words message(kWords);
    for (uint64_t number = 1; !enough;) {
      // A burst in which the consumer is torn, and time for it to read one.
      const uint64_t before = got;
      for (int i = 0; i < 100; ++i)
        EXPECT_EQ(SendOn(producer, message.Filled(number++)), IoStatus::kOk);
      while (got == before && !enough) Nap();
    }
    SendOn(producer, message.Filled(kLast));
    producer.Close();
  });
  BroadcastConsumer consumer = Consumer();
  uint64_t newest = 0;
  IoStatus status;
  // Without sleeping: who has just been woken comes when the burst is over.
  while ((status = consumer.TryReceive(message_.bytes())) != IoStatus::kPeerClosed) {
    if (status != IoStatus::kOk) continue;
    const bool good = message_.IsWhole() && message_.value() > newest;
    EXPECT_TRUE(good) << message_.value() << " after " << newest;
    newest = message_.value();
    if (!good || (++got >= 200 && consumer.torn() >= 1)) enough = true;
  }
  EXPECT_EQ(newest, kLast);
}

TEST_F(OneBroadcastRing, EndsForTheProducerWithItsLastConsumer) {
  Make(/*slots=*/4, Lagging::kWait, /*consumers=*/2);
  BroadcastProducer producer = Producer();
  Consumer().Close();
  EXPECT_EQ(producer.TrySend(message_.Filled(1)), IoStatus::kOk);
  Consumer().Close();
  EXPECT_EQ(producer.TrySend(message_.Filled(2)), IoStatus::kPeerClosed);
}

TEST(BroadcastMechanismTest, RefusesToDropMessagesThatCannotTellHowMany) {
  ChannelSpec spec;
  spec.message_bytes = 7;
  spec.sends = true;
  spec.options = {{"slots", "64"}, {"lagging", "drop_oldest"}};
  const Mechanism& broadcast = *FindMechanism(AllMechanisms(), "broadcast_ring");
  EXPECT_FALSE(broadcast.host(spec).ok());
  spec.message_bytes = 8;
  EXPECT_TRUE(broadcast.host(spec).ok());
  spec.message_bytes = 7;
  spec.options["lagging"] = "wait";
  EXPECT_TRUE(broadcast.host(spec).ok());
}

}  // namespace
}  // namespace ipclab
