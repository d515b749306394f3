#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "worker/mechanism.h"

namespace ipclab {
namespace {

struct Ends {
  std::unique_ptr<Channel> host;
  std::unique_ptr<Channel> joiner;
};

const Mechanism& Pipe() { return *FindMechanism(AllMechanisms(), "pipe"); }

ChannelSpec SpecOf(int64_t bytes, int64_t capacity, bool duplex, bool sends) {
  ChannelSpec spec;
  spec.message_bytes = bytes;
  spec.duplex = duplex;
  spec.sends = sends;
  spec.options["capacity"] = std::to_string(capacity);
  return spec;
}

// The host sends, the joiner receives.
Ends OneWay(int64_t bytes, int64_t capacity) {
  auto hosted = Pipe().host(SpecOf(bytes, capacity, false, true));
  EXPECT_TRUE(hosted.ok()) << hosted.status();
  auto joined = Pipe().join(SpecOf(bytes, capacity, false, false), std::move(hosted->offer));
  EXPECT_TRUE(joined.ok()) << joined.status();
  return {std::move(hosted->channel), *std::move(joined)};
}

TEST(PipeTest, TrySendGoesInWholeOrNotAtAllUntilTheKernelHasRoomAgain) {
  for (const size_t bytes : {1u, 64u, 4095u, 4096u, 4097u, 10000u, 40000u, 65536u}) {
    Ends ends = OneWay(static_cast<int64_t>(bytes), 65536);
    std::vector<std::byte> message(bytes, std::byte{1});
    int64_t sent = 0;
    IoStatus status;
    while ((status = ends.host->TrySend(message)) == IoStatus::kOk) ++sent;
    EXPECT_EQ(status, IoStatus::kWouldBlock) << bytes;
    EXPECT_GE(sent, 1) << bytes;
    EXPECT_EQ(*ends.joiner->Depth(), sent * static_cast<int64_t>(bytes)) << bytes;
    // Room comes back: whatever is received, the channel never starves.
    for (int64_t i = 0; i < sent; ++i) {
      ASSERT_EQ(ends.joiner->TryReceive(message), IoStatus::kOk) << bytes;
    }
    EXPECT_EQ(ends.joiner->TryReceive(message), IoStatus::kWouldBlock) << bytes;
    EXPECT_EQ(ends.host->TrySend(message), IoStatus::kOk) << bytes;
  }
}

TEST(PipeTest, TrySendRefusesWhatNeverFits) {
  Ends ends = OneWay(65537, 65536);
  const std::vector<std::byte> message(65537);
  EXPECT_EQ(ends.host->TrySend(message), IoStatus::kError);
  EXPECT_EQ(ends.host->error(), EMSGSIZE);
}

TEST(PipeTest, TryReceiveLeavesAPartOfAMessageAlone) {
  Ends ends = OneWay(8, 4096);
  const std::vector<std::byte> part(5);
  std::vector<std::byte> message(8);
  ASSERT_EQ(ends.host->Send(part), IoStatus::kOk);
  EXPECT_EQ(ends.joiner->TryReceive(message), IoStatus::kWouldBlock);
  EXPECT_EQ(*ends.joiner->Depth(), 5);
  ends.host.reset();
  EXPECT_EQ(ends.joiner->TryReceive(message), IoStatus::kPeerClosed);
}

TEST(PipeTest, EveryFormTellsThatTheOtherEndIsClosed) {
  const std::vector<std::byte> message(8);
  std::vector<std::byte> received(8);
  Ends deaf = OneWay(8, 4096);
  deaf.joiner.reset();
  ::signal(SIGPIPE, SIG_IGN);
  EXPECT_EQ(deaf.host->TrySend(message), IoStatus::kPeerClosed);
  EXPECT_EQ(deaf.host->Send(message), IoStatus::kPeerClosed);
  Ends mute = OneWay(8, 4096);
  ASSERT_EQ(mute.host->Send(message), IoStatus::kOk);
  mute.host.reset();
  EXPECT_EQ(mute.joiner->TryReceive(received), IoStatus::kOk);  // what was sent still comes
  EXPECT_EQ(mute.joiner->TryReceive(received), IoStatus::kPeerClosed);
  EXPECT_EQ(mute.joiner->Receive(received), IoStatus::kPeerClosed);
}

TEST(PipeTest, TellsAtTheSendingEndToo) {
  Ends ends = OneWay(8, 4096);
  const std::vector<std::byte> message(8);
  ASSERT_EQ(ends.host->Send(message), IoStatus::kOk);
  EXPECT_EQ(*ends.host->Depth(), 8);
}

TEST(PipeTest, GivesThePipeTheCapacityThatWasAsked) {
  auto hosted = Pipe().host(SpecOf(8, 262144, true, false));
  ASSERT_TRUE(hosted.ok()) << hosted.status();
  ASSERT_EQ(hosted->offer.descriptors.size(), 2u);
  for (const UniqueFd& end : hosted->offer.descriptors) {
    EXPECT_EQ(::fcntl(end.get(), F_GETPIPE_SZ), 262144);
  }
}

TEST(PipeTest, NamesTheCapacityThatTheKernelRefuses) {
  const auto hosted = Pipe().host(SpecOf(8, int64_t{1} << 31, true, false));
  ASSERT_FALSE(hosted.ok());
  EXPECT_NE(hosted.status().message().find("capacity 2147483648"), absl::string_view::npos)
      << hosted.status();
}

TEST(PipeTest, SaysWhatMayBeDoneWhereAnUnprivilegedUserGetsLess) {
  const int64_t too_much = 2 * Pipe().probe().options[0].maximum();
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) ::_exit(2);
    const absl::Status status = Pipe().host(SpecOf(8, too_much, true, false)).status();
    const bool says =
        status.message().find("/proc/sys/fs/pipe-max-size") != absl::string_view::npos;
    ::_exit(absl::IsResourceExhausted(status) && says ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(PipeTest, RefusesAnOfferThatIsNotItsOwn) {
  EXPECT_FALSE(Pipe().join(SpecOf(8, 4096, true, false), {}).ok());
}

TEST(PipeTest, PublishesTheRangeOfItsCapacityOnThisHost) {
  const Probe probe = Pipe().probe();
  ASSERT_EQ(probe.options.size(), 1u);
  EXPECT_EQ(probe.options[0].name(), "capacity");
  EXPECT_EQ(probe.options[0].default_value(), "65536");
  EXPECT_EQ(probe.options[0].minimum(), 4096);
  EXPECT_GE(probe.options[0].maximum(), 65536);
  EXPECT_GE(probe.limits.size(), 2u);
}

}  // namespace
}  // namespace ipclab
