#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include "common/unique_fd.h"
#include "gmock/gmock.h"
#include "tests/worker/socket_ends.h"
#include "worker/payload.h"

namespace ipclab {
namespace {

using testing::HasSubstr;

// By mechanism and address.
class UnixAddressTest : public SocketTest,
                        public testing::WithParamInterface<std::tuple<const char*, const char*>> {
 protected:
  const Mechanism& mechanism_ = Find(std::get<0>(GetParam()));
  const std::string address_ = std::get<1>(GetParam());
};

TEST_P(UnixAddressTest, CarriesBothWays) {
  Connect(mechanism_, SpecOf(mechanism_, 100, {{"address", address_}}));
  std::vector<std::byte> message(100);
  for (const auto& [from, to] :
       {std::pair(host_.get(), joiner_.get()), std::pair(joiner_.get(), host_.get())}) {
    FillPayload(message, 7);
    ASSERT_EQ(from->Send(message), IoStatus::kOk);
    std::fill(message.begin(), message.end(), std::byte{0});
    ASSERT_EQ(to->Receive(message), IoStatus::kOk);
    EXPECT_TRUE(PayloadMatches(message, 7));
  }
}

TEST_P(UnixAddressTest, LeavesNoFileOnceItIsConnected) {
  const ChannelSpec spec = SpecOf(mechanism_, 8, {{"address", address_}});
  Make(mechanism_, spec);
  EXPECT_EQ(std::filesystem::exists(spec.names[0].name()), address_ == "path");
  ASSERT_TRUE(host_->Connect().ok());
  for (const internal::IpcName& name : spec.names) {
    EXPECT_FALSE(std::filesystem::exists(name.name()));
    EXPECT_TRUE(RemoveIpcObject(name).ok());
  }
  EXPECT_FALSE(std::filesystem::exists(RuntimeFolderPath() + "/0123abcd"));
}

TEST_P(UnixAddressTest, ItsFolderIsForItsOwnerAlone) {
  Make(mechanism_, SpecOf(mechanism_, 8, {{"address", address_}}));
  struct stat found = {};
  const std::string folder = RuntimeFolderPath() + "/0123abcd";
  if (::stat(folder.c_str(), &found) == 0) {
    EXPECT_EQ(found.st_mode & 07777, 0700u);
  } else {
    EXPECT_NE(address_, "path");
  }
}

TEST_P(UnixAddressTest, HasTheBuffersThatWereAskedAtBothEnds) {
  // A message of twice the buffer asked is what the kernel's doubling makes just too large.
  if (mechanism_.id == "unix_stream") GTEST_SKIP() << "takes messages of any size";
  Connect(mechanism_,
          SpecOf(mechanism_, 100'000, {{"address", address_}, {"send_buffer", "51000"}}));
  std::vector<std::byte> message(100'000);
  std::vector<std::byte> too_large(102'000);
  for (Channel* const end : {host_.get(), joiner_.get()}) {
    EXPECT_EQ(end->TrySend(message), IoStatus::kOk);
    EXPECT_EQ(end->TrySend(too_large), IoStatus::kError);
    EXPECT_EQ(end->error(), EMSGSIZE);
  }
}

INSTANTIATE_TEST_SUITE_P(Each, UnixAddressTest,
                         testing::Combine(testing::Values("unix_stream", "unix_dgram",
                                                          "unix_seqpacket"),
                                          testing::Values("socketpair", "path", "abstract")),
                         [](const auto& test) {
                           return std::string(std::get<0>(test.param)) + "_" +
                                  std::get<1>(test.param);
                         });

class UnixSocketTest : public SocketTest {};

TEST_F(UnixSocketTest, AnAddressThatIsTooLongIsRefusedWithTheLimit) {
  const Mechanism& mechanism = Find("unix_stream");
  for (const char* const address : {"path", "abstract"}) {
    ChannelSpec spec = SpecOf(mechanism, 8, {{"address", address}});
    spec.names[0].set_name("/" + std::string(107, 'x'));
    const auto hosted = mechanism.host(spec);
    EXPECT_TRUE(absl::IsInvalidArgument(hosted.status())) << hosted.status();
    EXPECT_THAT(std::string(hosted.status().message()), HasSubstr("takes 107"));
  }
}

TEST_F(UnixSocketTest, ABufferThatTheKernelClampsIsRefusedWithBothNumbersAndTheSysctl) {
  for (const char* const id : {"unix_stream", "unix_dgram", "unix_seqpacket", "tcp", "udp"}) {
    for (const auto& [option, sysctl] : {std::pair("send_buffer", "net.core.wmem_max"),
                                         std::pair("receive_buffer", "net.core.rmem_max")}) {
      const auto hosted = Find(id).host(SpecOf(Find(id), 8, {{option, "1000000000"}}));
      EXPECT_TRUE(absl::IsResourceExhausted(hosted.status())) << hosted.status();
      EXPECT_THAT(std::string(hosted.status().message()), HasSubstr("1000000000 asked"));
      EXPECT_THAT(std::string(hosted.status().message()), HasSubstr(" got"));
      EXPECT_THAT(std::string(hosted.status().message()), HasSubstr(sysctl));
    }
  }
}

TEST_F(UnixSocketTest, ARecordAboveItsSendBufferIsRefusedBeforeItIsSent) {
  for (const char* const id : {"unix_dgram", "unix_seqpacket"}) {
    const auto hosted = Find(id).host(SpecOf(Find(id), 100'000, {{"send_buffer", "10000"}}));
    EXPECT_TRUE(absl::IsInvalidArgument(hosted.status())) << hosted.status();
    EXPECT_THAT(std::string(hosted.status().message()), HasSubstr("50016"));
    EXPECT_THAT(std::string(hosted.status().message()), HasSubstr("10000 was asked"));
  }
}

TEST_F(UnixSocketTest, TheLargestRecordOfThisHostGoesThrough) {
  for (const char* const id : {"unix_dgram", "unix_seqpacket"}) {
    const int64_t bytes = Find(id).probe().max_message_bytes;
    Connect(Find(id), SpecOf(Find(id), bytes));
    std::vector<std::byte> message(static_cast<size_t>(bytes));
    FillPayload(message, 3);
    ASSERT_EQ(host_->Send(message), IoStatus::kOk);
    std::fill(message.begin(), message.end(), std::byte{0});
    ASSERT_EQ(joiner_->Receive(message), IoStatus::kOk);
    EXPECT_TRUE(PayloadMatches(message, 3));
  }
}

TEST_F(UnixSocketTest, TrySendOfAStreamGoesInWholeOrNotAtAll) {
  for (const size_t bytes : {1u, 64u, 4096u, 16384u, 16385u, 40000u, 100000u}) {
    Connect(Find("unix_stream"), SpecOf(Find("unix_stream"), static_cast<int64_t>(bytes)));
    std::vector<std::byte> message(bytes);
    int64_t sent = 0;
    IoStatus status;
    while ((status = host_->TrySend(message)) == IoStatus::kOk) ++sent;
    EXPECT_EQ(status, IoStatus::kWouldBlock) << bytes;
    EXPECT_GE(sent, 1) << bytes;
    EXPECT_EQ(*joiner_->Depth(), sent * static_cast<int64_t>(bytes)) << bytes;
    for (int64_t i = 0; i < sent; ++i) {
      ASSERT_EQ(joiner_->TryReceive(message), IoStatus::kOk) << bytes;
    }
    EXPECT_EQ(joiner_->TryReceive(message), IoStatus::kWouldBlock) << bytes;
    EXPECT_EQ(host_->TrySend(message), IoStatus::kOk) << bytes;
  }
}

TEST_F(UnixSocketTest, APartOfAMessageIsNoMessageUntilTheRestComes) {
  Connect(Find("unix_stream"), SpecOf(Find("unix_stream"), 8));
  // The same socket, but other pieces than messages.
  auto hosted = Find("unix_stream").host(SpecOf(Find("unix_stream"), 3));
  ASSERT_TRUE(hosted.ok()) << hosted.status();
  auto joined = Find("unix_stream").join(SpecOf(Find("unix_stream"), 8), std::move(hosted->offer));
  ASSERT_TRUE(joined.ok()) << joined.status();
  const std::vector<std::byte> piece(3, std::byte{1});
  std::vector<std::byte> message(8);
  ASSERT_EQ(hosted->channel->Send(piece), IoStatus::kOk);
  EXPECT_EQ((*joined)->TryReceive(message), IoStatus::kWouldBlock);
  ASSERT_EQ(hosted->channel->Send(piece), IoStatus::kOk);
  EXPECT_EQ((*joined)->TryReceive(message), IoStatus::kWouldBlock);
  EXPECT_EQ(*(*joined)->Depth(), 6);
  ASSERT_EQ(hosted->channel->Send(piece), IoStatus::kOk);
  EXPECT_EQ((*joined)->Receive(message), IoStatus::kOk);
  EXPECT_EQ(message, std::vector<std::byte>(8, std::byte{1}));
  hosted->channel.reset();
  EXPECT_EQ((*joined)->TryReceive(message), IoStatus::kPeerClosed) << "one byte is no message";
}

TEST_F(UnixSocketTest, ADatagramSenderLearnsThatTheReceiverIsGone) {
  Connect(Find("unix_dgram"), SpecOf(Find("unix_dgram"), 8));
  joiner_.reset();
  const std::vector<std::byte> message(8);
  EXPECT_EQ(host_->Send(message), IoStatus::kPeerClosed);
  EXPECT_EQ(host_->Send(message), IoStatus::kPeerClosed);
}

TEST_F(UnixSocketTest, ADatagramOfAnotherSizeIsNoMessage) {
  const Mechanism& mechanism = Find("unix_dgram");
  auto hosted = mechanism.host(SpecOf(mechanism, 9));
  ASSERT_TRUE(hosted.ok()) << hosted.status();
  auto joined = mechanism.join(SpecOf(mechanism, 8), std::move(hosted->offer));
  ASSERT_TRUE(joined.ok()) << joined.status();
  ASSERT_EQ(hosted->channel->Send(std::vector<std::byte>(9)), IoStatus::kOk);
  std::vector<std::byte> message(8);
  EXPECT_EQ((*joined)->Receive(message), IoStatus::kError);
  EXPECT_EQ((*joined)->error(), EBADMSG);
}

TEST_F(UnixSocketTest, PacketsThatWaitAreCounted) {
  Connect(Find("unix_seqpacket"), SpecOf(Find("unix_seqpacket"), 10));
  const std::vector<std::byte> message(10);
  for (int64_t sent = 1; sent <= 3; ++sent) {
    ASSERT_EQ(host_->Send(message), IoStatus::kOk);
    EXPECT_EQ(*joiner_->Depth(), sent);
  }
}

}  // namespace
}  // namespace ipclab
