// What a MessageSocket refuses, on both sides, and that no descriptor leaks when it does.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "common/message_socket.h"
#include "ipclab/internal/control.pb.h"
#include "tests/common/open_descriptors.h"

namespace ipclab {
namespace {

class MessageSocketRefusalTest : public testing::Test {
 protected:
  MessageSocketRefusalTest() {
    auto pair = MessageSocket::Pair();
    EXPECT_TRUE(pair.ok()) << pair.status();
    here_ = std::move(pair->first);
    there_ = std::move(pair->second);
    open_before_ = OpenDescriptors();
  }

  // Sends past the checks of Send, as a peer that does not keep the rules would.
  void SendRaw(const std::string& bytes, int descriptors) {
    const std::vector<int> fds(static_cast<size_t>(descriptors), here_.fd());
    const size_t fd_bytes = fds.size() * sizeof(int);
    std::vector<char> control(CMSG_SPACE(fd_bytes));
    iovec data = {const_cast<char*>(bytes.data()), bytes.size()};
    msghdr header = {};
    header.msg_iov = &data;
    header.msg_iovlen = 1;
    if (descriptors > 0) {
      header.msg_control = control.data();
      header.msg_controllen = control.size();
      cmsghdr* const rights = CMSG_FIRSTHDR(&header);
      rights->cmsg_level = SOL_SOCKET;
      rights->cmsg_type = SCM_RIGHTS;
      rights->cmsg_len = CMSG_LEN(fd_bytes);
      std::memcpy(CMSG_DATA(rights), fds.data(), fd_bytes);
    }
    ASSERT_EQ(::sendmsg(here_.fd(), &header, MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }

  void ExpectTheNextMessageArrives() {
    ASSERT_TRUE(here_.Send("next").ok());
    const auto received = there_.ReceiveBlocking();
    ASSERT_TRUE(received.ok()) << received.status();
    EXPECT_EQ(received->bytes, "next");
    EXPECT_TRUE(received->descriptors.empty());
  }

  MessageSocket here_;
  MessageSocket there_;
  std::ptrdiff_t open_before_ = 0;
};

TEST_F(MessageSocketRefusalTest, SendRefusesEmptyMessages) {
  EXPECT_TRUE(absl::IsInvalidArgument(here_.Send("")));
  EXPECT_TRUE(absl::IsInvalidArgument(here_.Send(internal::Quit())));
  ExpectTheNextMessageArrives();
}

TEST_F(MessageSocketRefusalTest, SendRefusesMessagesThatAreTooLarge) {
  EXPECT_TRUE(
      absl::IsInvalidArgument(here_.Send(std::string(MessageSocket::kMaxMessageBytes + 1, 'a'))));
  ExpectTheNextMessageArrives();
}

TEST_F(MessageSocketRefusalTest, SendRefusesTooManyDescriptors) {
  const std::vector<int> fds(MessageSocket::kMaxDescriptors + 1, here_.fd());
  EXPECT_TRUE(absl::IsInvalidArgument(here_.Send("x", fds)));
  ExpectTheNextMessageArrives();
}

TEST_F(MessageSocketRefusalTest, SendRefusesDescriptorsThatAreNotOpen) {
  const int closed[] = {1 << 30};
  EXPECT_FALSE(here_.Send("x", closed).ok());
  ExpectTheNextMessageArrives();
}

TEST_F(MessageSocketRefusalTest, AMessageThatWasCutIsDataLossAndLeaksNothing) {
  SendRaw(std::string(MessageSocket::kMaxMessageBytes + 1, 'a'), 3);
  const absl::Status status = there_.Receive().status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_EQ(OpenDescriptors(), open_before_);
  ExpectTheNextMessageArrives();
}

TEST_F(MessageSocketRefusalTest, DescriptorsThatWereCutAreDataLossAndLeakNothing) {
  SendRaw("x", MessageSocket::kMaxDescriptors + 1);
  const absl::Status status = there_.Receive().status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_EQ(OpenDescriptors(), open_before_);
  ExpectTheNextMessageArrives();
}

TEST_F(MessageSocketRefusalTest, AFullDescriptorTableIsDataLossAndLeaksNothing) {
  const std::vector<int> five(5, here_.fd());
  ASSERT_TRUE(here_.Send("x", five).ok());
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  // The next free number is the lowest; allow it and one more.
  const UniqueFd lowest(::dup(here_.fd()));
  const rlimit room_for_two = {static_cast<rlim_t>(lowest.get()) + 2, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &room_for_two), 0);
  const absl::Status status = there_.Receive().status();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_EQ(OpenDescriptors(), open_before_ + 1);
  ExpectTheNextMessageArrives();
}

TEST_F(MessageSocketRefusalTest, AnEmptyMessageReadsAsTheEndAndLeaksNothing) {
  SendRaw("", 3);
  EXPECT_TRUE(absl::IsUnavailable(there_.Receive().status()));
  EXPECT_EQ(OpenDescriptors(), open_before_);
}

TEST_F(MessageSocketRefusalTest, BytesThatAreNoMessageNameItsType) {
  ASSERT_TRUE(here_.Send("\xff\xff\xff").ok());
  internal::Spawn message;
  const absl::Status status = there_.ReceiveBlocking()->Parse(message);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_EQ(status.message(), "parse ipclab.internal.Spawn: 3 bytes are not one");
}

}  // namespace
}  // namespace ipclab
