// cma, vmsplice and memfd_pass: that memory which another process still needs is left alone.

#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "tests/worker/two_ends.h"
#include "worker/payload.h"

namespace ipclab {
namespace {

// Sends as much as goes in, takes half of it, and so on: every message must be as it was sent.
void ExpectWholeMessages(TwoEnds& ends, size_t bytes) {
  std::vector<std::byte> message(bytes);
  uint64_t sent = 0;
  uint64_t received = 0;
  for (int round = 0; round < 50; ++round) {
    IoStatus status;
    while (FillPayload(message, sent), (status = ends.host->TrySend(message)) == IoStatus::kOk) {
      ++sent;
    }
    ASSERT_EQ(status, IoStatus::kWouldBlock);
    ASSERT_LT(received, sent);
    for (uint64_t half = (sent - received + 1) / 2; half > 0; --half, ++received) {
      ASSERT_EQ(ends.joiner->Receive(message), IoStatus::kOk);
      ASSERT_TRUE(PayloadMatches(message, received)) << bytes << " bytes, message " << received;
    }
  }
}

TEST(CmaTest, EitherEndMayMoveTheMessages) {
  for (const char* const call : {"writev", "readv"}) {
    for (const char* const slots : {"1", "3", "8"}) {
      TwoEnds ends("cma", 5000, /*duplex=*/false, {{"call", call}, {"slots", slots}});
      if (!ends.available()) GTEST_SKIP() << ends.probe().unavailable_reason;
      ends.Connect();
      ExpectWholeMessages(ends, 5000);
    }
  }
}

TEST(CmaTest, WhatWasWrittenIntoTheReceiverOutlivesItsSender) {
  TwoEnds ends("cma", 8, /*duplex=*/false);
  if (!ends.available()) GTEST_SKIP() << ends.probe().unavailable_reason;
  ends.Connect();
  std::vector<std::byte> message(8, std::byte{7});
  ASSERT_EQ(ends.host->Send(message), IoStatus::kOk);
  ends.host.reset();
  message.assign(8, std::byte{0});
  EXPECT_EQ(ends.joiner->Receive(message), IoStatus::kOk);
  EXPECT_EQ(message[7], std::byte{7});
  EXPECT_EQ(ends.joiner->Receive(message), IoStatus::kPeerClosed);
}

TEST(CmaTest, WhatWasToBeReadFromASenderThatIsGoneIsNoticed) {
  TwoEnds ends("cma", 8, /*duplex=*/false, {{"call", "readv"}});
  if (!ends.available()) GTEST_SKIP() << ends.probe().unavailable_reason;
  ends.Connect();
  std::vector<std::byte> message(8);
  ASSERT_EQ(ends.host->Send(message), IoStatus::kOk);
  ends.host.reset();
  EXPECT_EQ(ends.joiner->Receive(message), IoStatus::kPeerClosed);
}

TEST(VmspliceTest, NoPageIsUsedAnewBeforeItWasRead) {
  for (const size_t bytes : {1u, 64u, 4096u, 4097u, 20000u, 65536u}) {
    for (const char* const capacity : {"65536", "1048576"}) {
      TwoEnds ends("vmsplice", static_cast<int64_t>(bytes), /*duplex=*/false,
                   {{"capacity", capacity}});
      if (!ends.available()) GTEST_SKIP() << ends.probe().unavailable_reason;
      ends.Connect();
      ExpectWholeMessages(ends, bytes);
    }
  }
}

TEST(MemfdPassTest, WhatIsOnItsWayIsBoundedAndWhole) {
  TwoEnds ends("memfd_pass", 100'000, /*duplex=*/false);
  if (!ends.available()) GTEST_SKIP() << ends.probe().unavailable_reason;
  ends.Connect();
  ExpectWholeMessages(ends, 100'000);
}

// What a stranger hands over is not touched before it was looked at.
TEST(MemfdPassTest, AFileThatMayShrinkIsRefused) {
  const Mechanism& mechanism = *FindMechanism(AllMechanisms(), "memfd_pass");
  int sockets[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), 0);
  const UniqueFd here(sockets[0]);
  ChannelOffer offer;
  offer.descriptors.emplace_back(sockets[1]);
  ChannelSpec spec;
  spec.message_bytes = 8;
  auto joined = mechanism.join(spec, std::move(offer));
  ASSERT_TRUE(joined.ok()) << joined.status();

  const UniqueFd file(::memfd_create("unsealed", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_EQ(::ftruncate(file.get(), 8), 0);
  char byte = 0;
  iovec data = {&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr header = {};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof control;
  cmsghdr* const rights = CMSG_FIRSTHDR(&header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  const int descriptor = file.get();
  std::memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
  ASSERT_EQ(::sendmsg(here.get(), &header, 0), 1);

  std::vector<std::byte> message(8);
  EXPECT_EQ((*joined)->Receive(message), IoStatus::kError);
  EXPECT_EQ((*joined)->error(), EPERM);
}

}  // namespace
}  // namespace ipclab
