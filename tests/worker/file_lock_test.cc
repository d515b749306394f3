// What is special to flock, fcntl_lock and ofd_lock.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "common/ipc_name.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/worker/lock_ends.h"
#include "tests/worker/shared_ring.h"

namespace ipclab {
namespace {

// A process of its own tries to take it: locks of one process need not exclude each other.
IoStatus TryInAChild(const LockEnds& ends, const std::string& id) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto joined = FindMechanism(AllMechanisms(), id)->join_lock(ends.spec(), {});
    ::_exit(joined.ok() ? static_cast<int>((*joined)->TryAcquire()) : 100);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return static_cast<IoStatus>(WEXITSTATUS(status));
}

bool IsThere(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

class FileLockTest : public testing::TestWithParam<const char*> {
 protected:
  const std::string id_ = GetParam();
};

TEST_P(FileLockTest, TheNameGoesWhenAllHaveOpenedIt) {
  LockEnds ends(id_, 1);
  const std::string path = ends.spec().names.front().name();
  EXPECT_TRUE(IsThere(path));
  ASSERT_TRUE(ends[1].Connect().ok());
  EXPECT_TRUE(IsThere(path)) << "only the host knows that all are there";
  ASSERT_TRUE(ends[0].Connect().ok());
  EXPECT_FALSE(IsThere(path));
  EXPECT_TRUE(IsThere(path.substr(0, path.rfind('/')))) << "another name may come into the folder";
  EXPECT_FALSE(*RemoveIpcObject(ends.spec().names.front()));
  EXPECT_FALSE(IsThere(path.substr(0, path.rfind('/')))) << "it goes when all is cleared up";
}

TEST_P(FileLockTest, TheNameGoesWithAHostThatNobodyUsed) {
  std::string path;
  {
    LockEnds ends(id_, 0);
    path = ends.spec().names.front().name();
    struct stat file;
    ASSERT_EQ(::stat(path.c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777, 0600u);
  }
  EXPECT_FALSE(IsThere(path));
}

TEST_P(FileLockTest, AFileThatIsThereAlreadyIsNotTaken) {
  LockEnds ends(id_, 0);
  const auto again = FindMechanism(AllMechanisms(), id_)->host_lock(ends.spec());
  EXPECT_TRUE(absl::IsAlreadyExists(again.status())) << again.status();
}

TEST_P(FileLockTest, TheKernelGivesOnWhatADeadHolderHad) {
  LockEnds ends(id_, 0);
  EXPECT_EQ(TryInAChild(ends, id_), IoStatus::kOk);  // ends with it
  EXPECT_EQ(ends[0].TryAcquire(), IoStatus::kOk);
  EXPECT_EQ(TryInAChild(ends, id_), IoStatus::kWouldBlock);
  EXPECT_EQ(ends[0].Release(), IoStatus::kOk);
  EXPECT_EQ(TryInAChild(ends, id_), IoStatus::kOk);
}

// The hazard that its record names.
TEST_P(FileLockTest, ClosingAnotherDescriptorDropsALockOfTheProcessOnly) {
  LockEnds ends(id_, 0);
  ASSERT_EQ(ends[0].Acquire(), IoStatus::kOk);
  { const UniqueFd other(::open(ends.spec().names.front().name().c_str(), O_RDWR | O_CLOEXEC)); }
  const bool of_process = id_ == "fcntl_lock";
  EXPECT_EQ(TryInAChild(ends, id_), of_process ? IoStatus::kOk : IoStatus::kWouldBlock);
}

TEST_P(FileLockTest, IsSeenInTheKernelsListUnderTheLettersThatItsRecordNames) {
  const std::string letters = id_ == "flock" ? "FLOCK" : id_ == "fcntl_lock" ? "POSIX" : "OFDLCK";
  LockEnds ends(id_, 0);
  struct stat file;
  ASSERT_EQ(::stat(ends.spec().names.front().name().c_str(), &file), 0);
  ASSERT_EQ(ends[0].Acquire(), IoStatus::kOk);
  std::string found;
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    if (line.find(":" + std::to_string(file.st_ino) + " ") != line.npos) found = line;
  }
  if (found.empty()) GTEST_SKIP() << "this kernel hides its list of locks";
  EXPECT_THAT(found, testing::HasSubstr(letters));
  EXPECT_THAT(found, testing::HasSubstr("WRITE"));
}

INSTANTIATE_TEST_SUITE_P(Each, FileLockTest, testing::Values("flock", "fcntl_lock", "ofd_lock"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace ipclab
