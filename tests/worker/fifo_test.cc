#include <signal.h>
#include <sys/stat.h>

#include <vector>

#include "tests/worker/two_ends.h"

namespace ipclab {
namespace {

bool Exists(const std::string& path) {
  struct stat status;
  return ::stat(path.c_str(), &status) == 0;
}

TEST(FifoTest, HasItsModeWhateverTheUmaskAndGoesWhenBothEndsAreOpen) {
  const mode_t before = ::umask(0077);
  TwoEnds ends("fifo", 8, /*duplex=*/true, {{"mode", "0666"}});
  const absl::Status hosted = ends.Host();
  ::umask(before);
  ASSERT_TRUE(hosted.ok()) << hosted;
  for (const internal::IpcName& name : ends.spec().names) {
    struct stat status;
    ASSERT_EQ(::stat(name.name().c_str(), &status), 0);
    EXPECT_TRUE(S_ISFIFO(status.st_mode));
    EXPECT_EQ(status.st_mode & 07777, 0666u);
  }
  ASSERT_TRUE(ends.Join().ok());
  for (const internal::IpcName& name : ends.spec().names) EXPECT_FALSE(Exists(name.name()));
}

TEST(FifoTest, AHostThatIsGoneIsNoticedByWhoeverJoinsInsteadOfWaitedFor) {
  TwoEnds ends("fifo", 8, /*duplex=*/false);
  ASSERT_TRUE(ends.Host().ok());
  ends.host.reset();
  ASSERT_TRUE(ends.Join().ok()) << "the name is still there";
  std::vector<std::byte> message(8);
  EXPECT_EQ(ends.joiner->Receive(message), IoStatus::kPeerClosed);
}

TEST(FifoTest, AWriterFindsNobodyWhereTheHostThatReadIsGone) {
  TwoEnds ends("fifo", 8, /*duplex=*/true);
  ASSERT_TRUE(ends.Host().ok());
  ends.host.reset();
  const absl::Status joined = ends.Join();
  EXPECT_FALSE(joined.ok());
  EXPECT_NE(joined.message().find(ends.spec().names[1].name()), absl::string_view::npos) << joined;
}

TEST(FifoTest, AJoinerThatNeverCameIsNoticedOnceConnected) {
  ::signal(SIGPIPE, SIG_IGN);  // as in a worker
  TwoEnds ends("fifo", 8, /*duplex=*/false);
  ASSERT_TRUE(ends.Host().ok());
  ASSERT_TRUE(ends.host->Connect().ok());
  const std::vector<std::byte> message(8);
  EXPECT_EQ(ends.host->Send(message), IoStatus::kPeerClosed);
}

}  // namespace
}  // namespace ipclab
