#include "common/unique_fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace ipclab {
namespace {

int OpenAny() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
bool IsOpen(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

TEST(UniqueFdTest, OwnsNothingAtFirst) {
  const UniqueFd fd;
  EXPECT_EQ(fd.get(), -1);
  EXPECT_FALSE(fd);
}

TEST(UniqueFdTest, ClosesAtItsEnd) {
  int number;
  {
    const UniqueFd fd(OpenAny());
    number = fd.get();
    ASSERT_TRUE(fd);
    ASSERT_TRUE(IsOpen(number));
  }
  EXPECT_FALSE(IsOpen(number));
}

TEST(UniqueFdTest, MovingHandsTheDescriptorOver) {
  UniqueFd from(OpenAny());
  const int number = from.get();
  const UniqueFd to(std::move(from));
  EXPECT_EQ(to.get(), number);
  EXPECT_EQ(from.get(), -1);  // NOLINT(bugprone-use-after-move): its state is promised
  EXPECT_TRUE(IsOpen(number));
}

TEST(UniqueFdTest, MoveAssignmentClosesWhatItHeld) {
  UniqueFd from(OpenAny());
  UniqueFd to(OpenAny());
  const int kept = from.get();
  const int closed = to.get();
  to = std::move(from);
  EXPECT_EQ(to.get(), kept);
  EXPECT_FALSE(IsOpen(closed));
}

TEST(UniqueFdTest, MovingOntoItselfKeepsTheDescriptor) {
  UniqueFd fd(OpenAny());
  const int number = fd.get();
  UniqueFd& same = fd;
  fd = std::move(same);
  EXPECT_EQ(fd.get(), number);
  EXPECT_TRUE(IsOpen(number));
}

TEST(UniqueFdTest, ReleaseLeavesTheDescriptorOpen) {
  UniqueFd fd(OpenAny());
  const UniqueFd taken(fd.Release());
  EXPECT_FALSE(fd);
  EXPECT_TRUE(IsOpen(taken.get()));
}

TEST(UniqueFdTest, ResetKeepsErrno) {
  constexpr int kNeverOpen = 1 << 30;
  UniqueFd fd(kNeverOpen);
  errno = EXDEV;
  fd.Reset();
  EXPECT_EQ(errno, EXDEV);
}

}  // namespace
}  // namespace ipclab
