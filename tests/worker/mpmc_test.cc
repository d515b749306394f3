#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <atomic>
#include <thread>

#include "gtest/gtest.h"
#include "tests/worker/shared_ring.h"
#include "worker/mechanism.h"
#include "worker/ring/mpmc_ring.h"

namespace ipclab {
namespace {

constexpr size_t kBytes = 2 * sizeof(uint64_t);

// Who sent it and its number there.
struct Message {
  uint64_t sender = 0;
  uint64_t number = 0;
};
std::span<const std::byte> BytesOf(const Message& message) {
  return std::as_bytes(std::span(&message, 1));
}
std::span<std::byte> BytesOf(Message& message) {
  return std::as_writable_bytes(std::span(&message, 1));
}

bool SendAll(MpmcSender sender, uint64_t id, uint64_t messages) {
  for (uint64_t number = 0; number < messages; ++number) {
    if (SendOn(sender, BytesOf(Message{id, number})) != IoStatus::kOk) return false;
  }
  sender.Close();
  return true;
}

// Where receivers note what came: how often each message of each sender.
using Tally = std::vector<std::atomic<uint32_t>>;

// Takes messages until all senders have closed. False when one sender's came out of order.
bool ReceiveAll(MpmcReceiver receiver, std::span<std::atomic<uint32_t>> tally, uint64_t messages) {
  std::array<uint64_t, 8> due = {};
  Message message;
  IoStatus status;
  while ((status = ReceiveOn(receiver, BytesOf(message))) == IoStatus::kOk) {
    if (message.number < due.at(message.sender)) return false;
    due.at(message.sender) = message.number + 1;
    ++tally[message.sender * messages + message.number];
  }
  receiver.Close();
  return status == IoStatus::kPeerClosed;
}

TEST(MpmcRingTest, EveryMessageArrivesOnceAmongThreadsThatAllSleepAndWake) {
  constexpr uint64_t kMessages = 20'000;
  constexpr uint32_t kEnds = 3;
  // Two slots: somebody sleeps at every moment.
  const MpmcLayout layout = {
      .message_bytes = kBytes, .slots = 2, .senders = kEnds, .receivers = kEnds};
  const SharedMemory memory(layout.bytes());
  layout.Format(memory.data());
  Tally tally(kEnds * kMessages);
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (uint32_t end = 0; end < kEnds; ++end) {
      threads.emplace_back(
          [&, end] { good += SendAll(layout.MakeWriter(memory.data()), end, kMessages); });
      threads.emplace_back(
          [&] { good += ReceiveAll(layout.MakeReader(memory.data()), tally, kMessages); });
    }
  }
  EXPECT_EQ(good, 2 * static_cast<int>(kEnds));
  for (size_t i = 0; i < tally.size(); ++i) ASSERT_EQ(tally[i], 1u) << i;
}

TEST(MpmcRingTest, EveryMessageArrivesOnceAmongProcesses) {
  constexpr uint64_t kMessages = 20'000;
  constexpr uint32_t kEnds = 3;
  const MpmcLayout layout = {
      .message_bytes = kBytes, .slots = 8, .senders = kEnds, .receivers = kEnds};
  const SharedMemory memory(layout.bytes());
  layout.Format(memory.data());
  const SharedMemory counts(kEnds * kMessages * sizeof(std::atomic<uint32_t>));
  const std::span tally(static_cast<std::atomic<uint32_t>*>(counts.data()), kEnds * kMessages);
  std::vector<std::function<bool()>> acts;
  for (uint32_t end = 0; end < kEnds; ++end) {
    acts.push_back([&, end] { return SendAll(layout.MakeWriter(memory.data()), end, kMessages); });
    acts.push_back([&] { return ReceiveAll(layout.MakeReader(memory.data()), tally, kMessages); });
  }
  ExpectTrueInChildren(acts);
  for (size_t i = 0; i < tally.size(); ++i) ASSERT_EQ(tally[i], 1u) << i;
}

class OneMpmcRing : public testing::Test {
 protected:
  void Make(uint32_t senders = 1, uint32_t receivers = 1) {
    layout_ = {.message_bytes = kBytes, .slots = 4, .senders = senders, .receivers = receivers};
    layout_.Format(memory_.data());
  }
  MpmcSender Sender() { return layout_.MakeWriter(memory_.data()); }
  MpmcReceiver Receiver() { return layout_.MakeReader(memory_.data()); }

  MpmcLayout layout_;
  const SharedMemory memory_{4096};
  Message message_;
};

TEST_F(OneMpmcRing, HoldsItsSlotsAndNoMoreHoweverOftenItHasGoneAround) {
  Make();
  MpmcSender sender = Sender();
  MpmcReceiver receiver = Receiver();
  uint64_t sent = 0;
  uint64_t received = 0;
  for (int round = 0; round < 100; ++round) {
    while (sender.TrySend(BytesOf(Message{0, sent})) == IoStatus::kOk) ++sent;
    ASSERT_EQ(sent - received, 4u);
    ASSERT_EQ(receiver.Depth(), 4);
    for (int i = 0; i < 1 + round % 4; ++i) {
      ASSERT_EQ(receiver.TryReceive(BytesOf(message_)), IoStatus::kOk);
      ASSERT_EQ(message_.number, received++);
    }
  }
}

TEST_F(OneMpmcRing, EndsForReceiversWhenTheLastSenderHasClosedAndAllIsTaken) {
  Make(/*senders=*/2);
  MpmcSender first = Sender();
  MpmcSender second = Sender();
  MpmcReceiver receiver = Receiver();
  first.Close();
  EXPECT_EQ(receiver.TryReceive(BytesOf(message_)), IoStatus::kWouldBlock);
  ASSERT_EQ(second.TrySend(BytesOf(message_)), IoStatus::kOk);
  second.Close();
  EXPECT_EQ(receiver.TryReceive(BytesOf(message_)), IoStatus::kOk);
  EXPECT_EQ(receiver.TryReceive(BytesOf(message_)), IoStatus::kPeerClosed);
}

TEST_F(OneMpmcRing, EndsForSendersWhenTheLastReceiverHasClosed) {
  Make(/*senders=*/1, /*receivers=*/2);
  MpmcSender sender = Sender();
  Receiver().Close();
  EXPECT_EQ(sender.TrySend(BytesOf(message_)), IoStatus::kOk);
  Receiver().Close();
  EXPECT_EQ(sender.TrySend(BytesOf(message_)), IoStatus::kPeerClosed);
}

TEST_F(OneMpmcRing, ClosingWakesWhoeverSleeps) {
  Make();
  MpmcReceiver receiver = Receiver();
  std::jthread sleeper([&] {
    Message message;
    EXPECT_EQ(ReceiveOn(receiver, BytesOf(message)), IoStatus::kPeerClosed);
  });
  MpmcSender sender = Sender();
  sender.Close();
}

// Where futex(2) kills.
bool ForbidFutex() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_futex, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program = {std::size(code), code};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST_F(OneMpmcRing, CallsTheKernelOnlyWhereSomebodySleeps) {
  Make();
  ExpectTrueInChildren({[this] {
    if (!ForbidFutex()) return false;
    MpmcSender sender = Sender();
    MpmcReceiver receiver = Receiver();
    for (uint64_t number = 0; number < 100; ++number) {
      if (SendOn(sender, BytesOf(Message{0, number})) != IoStatus::kOk) return false;
      if (ReceiveOn(receiver, BytesOf(message_)) != IoStatus::kOk) return false;
    }
    return true;
  }});
}

ChannelSpec SpecOf(int64_t bytes, const std::string& slots) {
  ChannelSpec spec;
  spec.message_bytes = bytes;
  spec.sends = true;
  spec.options["slots"] = slots;
  return spec;
}

std::string Refusal(const ChannelSpec& spec) {
  const auto hosted = FindMechanism(AllMechanisms(), "mpmc_ring")->host(spec);
  return hosted.ok() ? "none" : std::string(hosted.status().message());
}

TEST(MpmcMechanismTest, RefusesSlotsThatAreNoPowerOfTwoAndNamesThoseThatWouldDo) {
  EXPECT_NE(Refusal(SpecOf(8, "100")).find("power of two, as 64 or 128"), std::string::npos)
      << Refusal(SpecOf(8, "100"));
  EXPECT_EQ(Refusal(SpecOf(8, "128")), "none");
}

TEST(MpmcMechanismTest, RefusesMoreMemoryThanALinkGetsWithBothNumbers) {
  const std::string refusal = Refusal(SpecOf(1 << 20, "65536"));
  const size_t wanted = MpmcLayout{.message_bytes = 1 << 20, .slots = 65536}.bytes();
  EXPECT_NE(refusal.find(absl::StrCat(wanted, " bytes")), std::string::npos) << refusal;
  EXPECT_NE(refusal.find("1073741824 at most"), std::string::npos) << refusal;
}

}  // namespace
}  // namespace ipclab
