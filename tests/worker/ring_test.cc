// The ring between two threads over one mapping, so that a thread sanitizer sees both ends.

#include <algorithm>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "common/mapping.h"
#include "gtest/gtest.h"
#include "worker/give_way.h"
#include "worker/ring/ring_memory.h"
#include "worker/ring/ring_receiver.h"
#include "worker/ring/ring_sender.h"

namespace ipclab {
namespace {

class RingTest : public testing::Test {
 protected:
  void Make(size_t slots, uint64_t batch, bool flagged = false, size_t taken_out = 64,
            size_t message_bytes = 64) {
    // Both ends live in the memory: they go first.
    sender_.reset();
    receiver_.reset();
    const RingLayout layout{message_bytes, slots, flagged};
    auto file = CreateMemoryFile("ring", layout.bytes());
    ASSERT_TRUE(file.ok()) << file.status();
    auto memory = Mapping::Shared(file->get(), layout.bytes());
    ASSERT_TRUE(memory.ok()) << memory.status();
    memory_ = *std::move(memory);
    auto& ring = *static_cast<RingMemory*>(memory_.data());
    sender_ = std::make_unique<RingSender>(ring, layout, batch);
    receiver_ = std::make_unique<RingReceiver>(ring, layout, taken_out);
    sender_->side().Connect();
    receiver_->side().Connect();
  }

  static std::vector<std::byte> Numbered(uint64_t number) {
    std::vector<std::byte> message(64);
    for (size_t at = 0; at < message.size(); at += 8) {
      std::memcpy(message.data() + at, &number, 8);
    }
    return message;
  }

  // Sends and receives in two threads; each end blocks, or tries, in its own rhythm.
  void Carry(uint64_t messages, bool sender_tries, bool receiver_tries) {
    std::thread sending([&] {
      for (uint64_t i = 0; i < messages; ++i) {
        const auto message = Numbered(i);
        for (GiveWay give_way; sender_tries && sender_->TrySend(message) != IoStatus::kOk;) {
          give_way();
        }
        if (!sender_tries) {
          EXPECT_EQ(sender_->Send(message), IoStatus::kOk);
        }
      }
      sender_->Flush();
    });
    std::vector<std::byte> message(64);
    uint64_t wrong = 0;
    for (uint64_t i = 0; i < messages; ++i) {
      for (GiveWay give_way; receiver_tries && receiver_->TryReceive(message) != IoStatus::kOk;) {
        give_way();
      }
      if (!receiver_tries) {
        EXPECT_EQ(receiver_->Receive(message), IoStatus::kOk);
      }
      wrong += message != Numbered(i);
    }
    sending.join();
    EXPECT_EQ(wrong, 0u);
  }

  Mapping memory_;
  std::unique_ptr<RingSender> sender_;
  std::unique_ptr<RingReceiver> receiver_;
};

TEST_F(RingTest, MessagesOfEverySizeAroundALineAndItsFlagComeWhole) {
  for (const size_t bytes :
       {1, 7, 8, 9, 15, 16, 17, 55, 56, 57, 63, 64, 65, 120, 121, 127, 128, 129}) {
    for (const bool flagged : {false, true}) {
      for (const size_t slots : {1, 2, 4}) {
        Make(slots, 1, flagged, bytes, bytes);
        std::vector<std::byte> sent(bytes);
        std::vector<std::byte> received(bytes);
        for (int i = 0; i < 20; ++i) {
          for (size_t at = 0; at < bytes; ++at) {
            sent[at] = static_cast<std::byte>(7 * at + static_cast<size_t>(i) * 31);
          }
          ASSERT_EQ(sender_->TrySend(sent), IoStatus::kOk);
          ASSERT_EQ(receiver_->TryReceive(received), IoStatus::kOk);
          ASSERT_EQ(received, sent) << bytes << " bytes, " << slots << " slots";
          ASSERT_EQ(receiver_->TryReceive(received), IoStatus::kWouldBlock);
        }
      }
    }
  }
}

TEST_F(RingTest, WhatIsNotTakenOutStaysWhereItLies) {
  for (const bool flagged : {false, true}) {
    Make(4, 1, flagged, /*taken_out=*/16);
    for (uint64_t i = 1; i <= 100; ++i) {
      ASSERT_EQ(sender_->TrySend(Numbered(i)), IoStatus::kOk);
      std::vector<std::byte> message(64);
      ASSERT_EQ(receiver_->TryReceive(message), IoStatus::kOk);
      std::vector<std::byte> expected = Numbered(i);
      std::fill(expected.begin() + 16, expected.end(), std::byte());
      EXPECT_EQ(message, expected);
      EXPECT_EQ(receiver_->TryReceive(message), IoStatus::kWouldBlock);
    }
  }
}

// A lost wake-up shows as a test that never ends.
TEST_F(RingTest, NoWakeUpIsLostHoweverTheEndsWait) {
  for (const bool flagged : {false, true}) {
    for (const bool sender_tries : {false, true}) {
      for (const bool receiver_tries : {false, true}) {
        for (const size_t slots : {1, 2, 8, 64}) {
          Make(slots, 1, flagged);
          Carry(20'000, sender_tries, receiver_tries);
        }
      }
    }
  }
}

TEST_F(RingTest, AFlagThatCannotChangeHidesNoMessage) {
  constexpr uint64_t kSlots = 2;
  Make(kSlots, 1, /*flagged=*/true);
  // The same words in every slot at every round: each position's message undoes what its last word
  // is mixed with.
  const auto undone = [](uint64_t position) { return Numbered(RingLayout::MixOf(position)); };
  std::vector<std::byte> message(64);
  for (uint64_t position = 0; position < 10; position += 2) {
    ASSERT_EQ(sender_->TrySend(undone(position)), IoStatus::kOk);
    EXPECT_EQ(receiver_->Depth(), 1);
    // Only one such message is told of at a time.
    EXPECT_EQ(sender_->TrySend(undone(position + 1)), IoStatus::kWouldBlock);
    ASSERT_EQ(receiver_->TryReceive(message), IoStatus::kOk);
    EXPECT_EQ(message, undone(position));
    EXPECT_EQ(receiver_->TryReceive(message), IoStatus::kWouldBlock);
    ASSERT_EQ(sender_->TrySend(undone(position + 1)), IoStatus::kOk);
    ASSERT_EQ(receiver_->TryReceive(message), IoStatus::kOk);
    EXPECT_EQ(message, undone(position + 1));
  }
}

TEST_F(RingTest, AFlaggedRingTellsHowManyMessagesAreThere) {
  Make(4, 1, /*flagged=*/true);
  std::vector<std::byte> message(64);
  for (uint64_t i = 0; i < 4; ++i) ASSERT_EQ(sender_->TrySend(Numbered(0)), IoStatus::kOk);
  EXPECT_EQ(sender_->TrySend(Numbered(0)), IoStatus::kWouldBlock);
  EXPECT_EQ(receiver_->Depth(), 4);
  ASSERT_EQ(receiver_->TryReceive(message), IoStatus::kOk);
  EXPECT_EQ(receiver_->Depth(), 3);
}

TEST_F(RingTest, ABatchArrivesWhenItIsFullOrFlushed) {
  Make(8, 3);
  std::vector<std::byte> message(64);
  ASSERT_EQ(sender_->TrySend(Numbered(0)), IoStatus::kOk);
  ASSERT_EQ(sender_->TrySend(Numbered(1)), IoStatus::kOk);
  EXPECT_EQ(receiver_->TryReceive(message), IoStatus::kWouldBlock);
  ASSERT_EQ(sender_->TrySend(Numbered(2)), IoStatus::kOk);
  EXPECT_EQ(receiver_->Depth(), 3);
  ASSERT_EQ(sender_->TrySend(Numbered(3)), IoStatus::kOk);
  sender_->Flush();
  EXPECT_EQ(receiver_->Depth(), 4);
}

TEST_F(RingTest, WhatAFullRingHoldsBackIsPublished) {
  Make(2, 2);
  std::vector<std::byte> message(64);
  ASSERT_EQ(sender_->TrySend(Numbered(0)), IoStatus::kOk);
  ASSERT_EQ(sender_->TrySend(Numbered(1)), IoStatus::kOk);
  EXPECT_EQ(sender_->TrySend(Numbered(2)), IoStatus::kWouldBlock);
  EXPECT_EQ(receiver_->TryReceive(message), IoStatus::kOk);
  EXPECT_EQ(sender_->TrySend(Numbered(2)), IoStatus::kOk);
}

TEST_F(RingTest, AClosingSenderWakesAndItsLastBatchArrives) {
  Make(8, 4);
  std::vector<std::byte> message(64);
  std::thread closing([&] {
    EXPECT_EQ(sender_->Send(Numbered(0)), IoStatus::kOk);
    sender_.reset();
  });
  EXPECT_EQ(receiver_->Receive(message), IoStatus::kOk);
  EXPECT_EQ(receiver_->Receive(message), IoStatus::kPeerClosed);
  closing.join();
}

}  // namespace
}  // namespace ipclab
