// What of a process stays in memory. Limits are for its whole life, so each test is a child.

#include "worker/memory_lock.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "common/mapping.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

constexpr size_t kBlockBytes = 64 << 10;
constexpr int kNobody = 65534;

class MemoryLockTest : public testing::Test {
 protected:
  void SetUp() override {
#if defined(IPCLAB_SANITIZE)
    GTEST_SKIP() << "sanitizers make nothing of mlock";
#endif
    auto file = CreateMemoryFile("locked", kBlockBytes);
    ASSERT_TRUE(file.ok()) << file.status();
    auto mapping = Mapping::Shared(file->get(), kBlockBytes);
    ASSERT_TRUE(mapping.ok()) << mapping.status();
    mapping_ = *std::move(mapping);
  }

  // What LockMemory returns in a process that may lock so much and is not privileged.
  int LockWithin(rlim_t bytes) {
    const pid_t child = ::fork();
    if (child == 0) {
      const rlimit limit = {bytes, bytes};
      if (::setrlimit(RLIMIT_MEMLOCK, &limit) != 0) ::_exit(255);
      if (::geteuid() == 0 && ::setresuid(kNobody, kNobody, kNobody) != 0) ::_exit(255);
      const std::span<const std::byte> block(static_cast<std::byte*>(mapping_.data()), kBlockBytes);
      ::_exit(LockMemory({&block, 1}));
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    return WEXITSTATUS(status);
  }

  Mapping mapping_;
};

TEST_F(MemoryLockTest, WhereNotAllMayBeLockedWhatIsNeededIs) {
  EXPECT_EQ(LockWithin(2 * kBlockBytes), 0);
}

TEST_F(MemoryLockTest, ARefusalIsToldByItsErrno) {
  EXPECT_EQ(LockWithin(0), EPERM);
  EXPECT_EQ(LockWithin(kBlockBytes / 2), ENOMEM);
}

}  // namespace
}  // namespace ipclab
