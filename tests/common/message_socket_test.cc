#include "common/message_socket.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "ipclab/internal/control.pb.h"
#include "tests/common/open_descriptors.h"

namespace ipclab {
namespace {

class MessageSocketTest : public testing::Test {
 protected:
  MessageSocketTest() {
    auto pair = MessageSocket::Pair();
    EXPECT_TRUE(pair.ok()) << pair.status();
    here_ = std::move(pair->first);
    there_ = std::move(pair->second);
  }

  MessageSocket here_;
  MessageSocket there_;
};

ino_t InodeOf(int fd) {
  struct stat found = {};
  EXPECT_EQ(::fstat(fd, &found), 0);
  return found.st_ino;
}

TEST_F(MessageSocketTest, CarriesMessagesWholeAndInOrderBothWays) {
  ASSERT_TRUE(here_.Send("one").ok());
  ASSERT_TRUE(here_.Send("two").ok());
  ASSERT_TRUE(there_.Send(std::string("\0back", 5)).ok());
  EXPECT_EQ(there_.ReceiveBlocking()->bytes, "one");
  EXPECT_EQ(there_.ReceiveBlocking()->bytes, "two");
  EXPECT_EQ(here_.ReceiveBlocking()->bytes, std::string("\0back", 5));
}

TEST_F(MessageSocketTest, CarriesTheLargestMessageWithoutAReaderWaiting) {
  std::string large(MessageSocket::kMaxMessageBytes, 'a');
  large.back() = 'z';
  ASSERT_TRUE(here_.SetNonBlocking(true).ok());
  const absl::Status sent = here_.Send(large);
  ASSERT_TRUE(sent.ok()) << sent;
  EXPECT_EQ(there_.ReceiveBlocking()->bytes, large);
}

// What a user without privileges gets where net.core.wmem_max has its default.
TEST_F(MessageSocketTest, TheDefaultLimitOfBuffersHoldsTheLargestMessage) {
  const int default_limit = 212992;
  ASSERT_EQ(::setsockopt(here_.fd(), SOL_SOCKET, SO_SNDBUF, &default_limit, sizeof(int)), 0);
  ASSERT_TRUE(here_.SetNonBlocking(true).ok());
  const absl::Status sent = here_.Send(std::string(MessageSocket::kMaxMessageBytes, 'a'));
  EXPECT_TRUE(sent.ok()) << sent;
}

TEST_F(MessageSocketTest, AShortMessageAfterALongOneHasNothingOfIt) {
  ASSERT_TRUE(here_.Send(std::string(100'000, 'a')).ok());
  ASSERT_TRUE(here_.Send("b").ok());
  ASSERT_EQ(there_.ReceiveBlocking()->bytes.size(), 100'000u);
  EXPECT_EQ(there_.ReceiveBlocking()->bytes, "b");
}

TEST_F(MessageSocketTest, CarriesProtobufMessages) {
  internal::Spawned sent;
  sent.set_experiment(7);
  sent.add_pids(42);
  ASSERT_TRUE(here_.Send(sent).ok());
  internal::Spawned received;
  ASSERT_TRUE(there_.ReceiveBlocking()->Parse(received).ok());
  EXPECT_EQ(received.SerializeAsString(), sent.SerializeAsString());
}

TEST_F(MessageSocketTest, CarriesAsManyDescriptorsAsPromised) {
  const auto file = UniqueFd(::open("/proc/self/status", O_RDONLY | O_CLOEXEC));
  const std::vector<int> sent(MessageSocket::kMaxDescriptors, file.get());
  ASSERT_TRUE(here_.Send("with", sent).ok());
  const auto received = there_.ReceiveBlocking();
  ASSERT_TRUE(received.ok()) << received.status();
  ASSERT_EQ(received->descriptors.size(), sent.size());
  for (const UniqueFd& fd : received->descriptors) {
    EXPECT_EQ(InodeOf(fd.get()), InodeOf(file.get()));
    EXPECT_EQ(::fcntl(fd.get(), F_GETFD), FD_CLOEXEC);
  }
}

TEST_F(MessageSocketTest, KeepsDescriptorsInTheirOrder) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  ASSERT_TRUE(here_.Send("pipe", ends).ok());
  auto received = there_.ReceiveBlocking();
  ASSERT_EQ(received->descriptors.size(), 2u);
  ASSERT_EQ(::write(received->descriptors[1].get(), "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(::read(reader.get(), &byte, 1), 1);
  EXPECT_EQ(byte, 'x');
}

TEST_F(MessageSocketTest, ReceivedDescriptorsCloseWithTheMessage) {
  const auto before = OpenDescriptors();
  const std::vector<int> sent(5, here_.fd());
  ASSERT_TRUE(here_.Send("with", sent).ok());
  {
    const auto received = there_.ReceiveBlocking();
    EXPECT_EQ(OpenDescriptors(), before + 5);
  }
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST_F(MessageSocketTest, AClosedPeerIsUnavailableToBothCalls) {
  there_.Close();
  EXPECT_TRUE(absl::IsUnavailable(here_.Receive().status()));
  EXPECT_TRUE(absl::IsUnavailable(here_.Send("x")));  // and no SIGPIPE
  EXPECT_TRUE(absl::IsUnavailable(here_.Send("x")));
}

TEST_F(MessageSocketTest, APeersLastWordsAreReadThoughItIgnoredOurs) {
  ASSERT_TRUE(here_.Send("never read").ok());
  ASSERT_TRUE(there_.Send("last words").ok());
  there_.Close();
  const auto received = here_.ReceiveBlocking();
  ASSERT_TRUE(received.ok()) << received.status();
  EXPECT_EQ(received->bytes, "last words");
  EXPECT_TRUE(absl::IsUnavailable(here_.ReceiveBlocking().status()));
}

TEST_F(MessageSocketTest, NonBlockingReceiveSaysThatNothingIsThere) {
  ASSERT_TRUE(here_.SetNonBlocking(true).ok());
  const auto nothing = here_.Receive();
  ASSERT_TRUE(nothing.ok()) << nothing.status();
  EXPECT_FALSE(nothing->has_value());
  EXPECT_TRUE(absl::IsFailedPrecondition(here_.ReceiveBlocking().status()));
}

TEST_F(MessageSocketTest, NonBlockingSendSaysWhenItIsFullAndRecovers) {
  ASSERT_TRUE(here_.SetNonBlocking(true).ok());
  int sent = 0;
  absl::Status status;
  while ((status = here_.Send(std::string(10'000, 'x'))).ok() && sent < 100'000) ++sent;
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_GT(sent, 1);
  for (int i = 0; i < sent; ++i) ASSERT_EQ(there_.ReceiveBlocking()->bytes.size(), 10'000u);
  EXPECT_TRUE(here_.Send("again").ok());
}

TEST_F(MessageSocketTest, BlockingCanBeTurnedOnAgain) {
  ASSERT_TRUE(here_.SetNonBlocking(true).ok());
  ASSERT_TRUE(here_.SetNonBlocking(false).ok());
  std::thread peer([this] { EXPECT_TRUE(there_.Send("late").ok()); });
  EXPECT_EQ(here_.ReceiveBlocking()->bytes, "late");
  peer.join();
}

// The handler interrupts the blocked call twice; the third time it sends what is waited for.
int interruptions = 0;
int peer_of_the_interrupted = -1;

void OnAlarm(int) {
  if (++interruptions < 3) return;
  const itimerval off = {};
  ::setitimer(ITIMER_REAL, &off, nullptr);
  [[maybe_unused]] const ssize_t sent = ::send(peer_of_the_interrupted, "late", 4, MSG_NOSIGNAL);
}

TEST_F(MessageSocketTest, SignalsDoNotEndABlockingReceive) {
  interruptions = 0;
  peer_of_the_interrupted = there_.fd();
  struct sigaction action = {};
  action.sa_handler = OnAlarm;  // without SA_RESTART
  struct sigaction before;
  ASSERT_EQ(::sigaction(SIGALRM, &action, &before), 0);
  const itimerval every_5_ms = {{0, 5000}, {0, 5000}};
  ASSERT_EQ(::setitimer(ITIMER_REAL, &every_5_ms, nullptr), 0);
  const auto received = here_.ReceiveBlocking();
  ::sigaction(SIGALRM, &before, nullptr);
  ASSERT_TRUE(received.ok()) << received.status();
  EXPECT_EQ(received->bytes, "late");
  EXPECT_EQ(interruptions, 3);
}

TEST(MessageSocketPairTest, BothEndsCloseOnExec) {
  const auto pair = MessageSocket::Pair();
  ASSERT_TRUE(pair.ok()) << pair.status();
  EXPECT_EQ(::fcntl(pair->first.fd(), F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(::fcntl(pair->second.fd(), F_GETFD), FD_CLOEXEC);
}

TEST(MessageSocketPairTest, AnEmptySocketFailsWithoutHarm) {
  MessageSocket nothing;
  EXPECT_FALSE(nothing);
  EXPECT_FALSE(nothing.Send("x").ok());
  EXPECT_FALSE(nothing.Receive().ok());
  EXPECT_FALSE(nothing.SetNonBlocking(true).ok());
}

}  // namespace
}  // namespace ipclab
