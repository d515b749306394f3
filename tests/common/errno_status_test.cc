#include "common/errno_status.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace ipclab {
namespace {

TEST(ErrnoStatusTest, NamesTheActTheSubjectAndTheReason) {
  const absl::Status status = ErrnoStatus("mq_open", "/queue", ENOENT);
  EXPECT_EQ(status.message(), "mq_open /queue: No such file or directory");
}

TEST(ErrnoStatusTest, LeavesOutAnEmptySubject) {
  EXPECT_EQ(ErrnoStatus("fork", {}, EAGAIN).message(), "fork: Resource temporarily unavailable");
}

TEST(ErrnoStatusTest, TakesErrnoUnlessTold) {
  errno = EACCES;
  EXPECT_EQ(ErrnoStatus("open", "x").message(), "open x: Permission denied");
}

TEST(ErrnoStatusTest, FindsTheCodeThatFits) {
  EXPECT_TRUE(absl::IsNotFound(ErrnoStatus("a", "b", ENOENT)));
  EXPECT_TRUE(absl::IsPermissionDenied(ErrnoStatus("a", "b", EPERM)));
  EXPECT_TRUE(absl::IsAlreadyExists(ErrnoStatus("a", "b", EEXIST)));
  EXPECT_TRUE(absl::IsInvalidArgument(ErrnoStatus("a", "b", EINVAL)));
  EXPECT_TRUE(absl::IsResourceExhausted(ErrnoStatus("a", "b", ENOSPC)));
  EXPECT_TRUE(absl::IsUnimplemented(ErrnoStatus("a", "b", ENOSYS)));
}

TEST(ErrnoStatusTest, IsAnErrorEvenWhenErrnoWasNeverSet) {
  EXPECT_TRUE(absl::IsUnknown(ErrnoStatus("open", "x", 0)));
}

TEST(ErrnoStatusTest, DescribesNumbersThatNoKernelUses) {
  EXPECT_EQ(ErrnoStatus("open", "x", 12345).message(), "open x: Unknown error 12345");
}

}  // namespace
}  // namespace ipclab
