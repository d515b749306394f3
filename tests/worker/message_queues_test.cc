// posix_mq and sysv_mq: what their options do to the kernel's objects.

#include <mqueue.h>
#include <sys/msg.h>
#include <sys/resource.h>

#include <cstring>
#include <vector>

#include "common/sysv_object.h"
#include "common/unique_fd.h"
#include "tests/worker/two_ends.h"

namespace ipclab {
namespace {

std::vector<std::byte> Message(char letter) { return {8, static_cast<std::byte>(letter)}; }

TEST(PosixMqTest, HoldsAsManyMessagesAsAsked) {
  TwoEnds ends("posix_mq", 8, /*duplex=*/false, {{"max_messages", "3"}});
  if (!ends.available()) GTEST_SKIP() << ends.probe().unavailable_reason;
  ends.Connect();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ends.host->TrySend(Message('a')), IoStatus::kOk);
  EXPECT_EQ(ends.host->TrySend(Message('a')), IoStatus::kWouldBlock);
  EXPECT_EQ(*ends.joiner->Depth(), 3);
}

TEST(PosixMqTest, MessagesHaveThePriorityThatWasAsked) {
  TwoEnds ends("posix_mq", 8, /*duplex=*/false, {{"priority", "7"}});
  if (!ends.available()) GTEST_SKIP() << ends.probe().unavailable_reason;
  ASSERT_TRUE(ends.Host().ok());
  ASSERT_EQ(ends.host->Send(Message('a')), IoStatus::kOk);
  const UniqueFd queue(::mq_open(ends.spec().names[0].name().c_str(), O_RDONLY));
  ASSERT_TRUE(queue);
  char text[8];
  unsigned priority = 0;
  ASSERT_EQ(::mq_receive(queue.get(), text, sizeof text, &priority), 8);
  EXPECT_EQ(priority, 7u);
}

TEST(PosixMqTest, TheNameGoesWhenBothEndsAreOpen) {
  TwoEnds ends("posix_mq", 8, /*duplex=*/true);
  if (!ends.available()) GTEST_SKIP() << ends.probe().unavailable_reason;
  ends.Connect();
  for (const internal::IpcName& name : ends.spec().names) EXPECT_FALSE(*RemoveIpcObject(name));
}

TEST(PosixMqTest, WhatTheUserMayNotHaveIsAnErrorThatNamesTheLimit) {
  TwoEnds ends("posix_mq", 8, /*duplex=*/false);
  if (!ends.available()) GTEST_SKIP() << ends.probe().unavailable_reason;
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_MSGQUEUE, &before), 0);
  const rlimit none = {0, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_MSGQUEUE, &none), 0);
  const absl::Status hosted = ends.Host();
  ASSERT_EQ(::setrlimit(RLIMIT_MSGQUEUE, &before), 0);
  EXPECT_TRUE(absl::IsResourceExhausted(hosted)) << hosted;
  EXPECT_NE(hosted.message().find("RLIMIT_MSGQUEUE, 0 bytes"), absl::string_view::npos) << hosted;
}

class SysvMqTest : public testing::Test {
 protected:
  // Puts a message of a type straight into the queue that the host sends to.
  static void Put(const TwoEnds& ends, long type, char letter) {
    struct {
      long type;
      char text[8];
    } message = {type, {}};
    std::memset(message.text, letter, sizeof message.text);
    const auto marker = ReadSysvMarker(ends.spec().names[0].name());
    ASSERT_TRUE(marker.ok() && marker->has_value());
    ASSERT_EQ(::msgsnd(*(*marker)->id, &message, sizeof message.text, IPC_NOWAIT), 0);
  }

  static char Take(TwoEnds& ends) {
    std::vector<std::byte> message(8);
    if (ends.joiner->TryReceive(message) != IoStatus::kOk) return '-';
    return static_cast<char>(message[0]);
  }
};

TEST_F(SysvMqTest, TypesAreSelectedAsAsked) {
  const std::pair<const char*, const char*> kTaken[] = {{"arrival", "cba"},  // types 3, 2, 1
                                                        {"exact", "a--"},
                                                        {"lowest", "a--"}};
  for (const auto& [type, taken] : kTaken) {
    TwoEnds ends("sysv_mq", 8, /*duplex=*/false, {{"type", type}});
    if (!ends.available()) GTEST_SKIP() << ends.probe().unavailable_reason;
    ends.Connect();
    Put(ends, 3, 'c');
    Put(ends, 2, 'b');
    Put(ends, 1, 'a');
    for (const char* letter = taken; *letter != 0; ++letter) {
      EXPECT_EQ(Take(ends), *letter) << type;
    }
  }
}

TEST_F(SysvMqTest, TheKeyIsFtoksOrNone) {
  for (const bool ftok : {true, false}) {
    TwoEnds ends("sysv_mq", 8, /*duplex=*/false, {{"key", ftok ? "ftok" : "private"}});
    if (!ends.available()) GTEST_SKIP() << ends.probe().unavailable_reason;
    ends.Connect();
    const auto marker = ReadSysvMarker(ends.spec().names[0].name());
    ASSERT_TRUE(marker.ok() && marker->has_value());
    EXPECT_EQ((*marker)->key != IPC_PRIVATE, ftok);
    ASSERT_EQ(ends.host->Send(Message('a')), IoStatus::kOk);
    EXPECT_EQ(*ends.joiner->Depth(), 1);
    EXPECT_EQ(Take(ends), 'a');
  }
}

TEST_F(SysvMqTest, RemovalEndsWhoeverUsesTheQueueWithAnError) {
  TwoEnds ends("sysv_mq", 8, /*duplex=*/false);
  if (!ends.available()) GTEST_SKIP() << ends.probe().unavailable_reason;
  ends.Connect();
  EXPECT_TRUE(*RemoveIpcObject(ends.spec().names[0]));
  EXPECT_EQ(ends.host->Send(Message('a')), IoStatus::kError);
  EXPECT_EQ(ends.host->error(), EINVAL);
}

}  // namespace
}  // namespace ipclab
