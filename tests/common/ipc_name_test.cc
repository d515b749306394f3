#include "common/ipc_name.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <mqueue.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "common/unique_fd.h"
#include "tests/support/scoped_variable.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

using internal::IpcName;

constexpr uid_t kNobody = 65534;

class IpcNameTest : public testing::Test {
 protected:
  IpcName Named(IpcName::Kind kind, const std::string& name) {
    IpcName result;
    result.set_kind(kind);
    result.set_name(name);
    return result;
  }

  // A name that no other test, and nobody else, has.
  IpcName New(IpcName::Kind kind) {
    return MakeIpcName(kind, tag_, "0123abcd", 0, *RuntimeFolder());
  }

  const TemporaryFolder session_;
  const ScopedVariable variable_{"XDG_RUNTIME_DIR", session_.path().c_str()};
  const std::string tag_ = MakeInstanceTag();
};

mode_t ModeOf(const std::string& path) {
  struct stat found = {};
  return ::stat(path.c_str(), &found) == 0 ? found.st_mode & 07777 : 0;
}

TEST_F(IpcNameTest, TagsAreSixLettersAndDigitsAndDiffer) {
  std::set<std::string> tags;
  for (int i = 0; i < 100; ++i) {
    const std::string tag = MakeInstanceTag();
    EXPECT_EQ(tag.size(), 6u);
    EXPECT_EQ(tag.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789"), std::string::npos);
    tags.insert(tag);
  }
  EXPECT_GT(tags.size(), 98u);
}

TEST_F(IpcNameTest, NamesSayWhoseTheyAre) {
  const IpcName queue = MakeIpcName(IpcName::POSIX_MQ, "abc123", "0123abcd", 7, "/run/ipclab");
  EXPECT_EQ(queue.kind(), IpcName::POSIX_MQ);
  EXPECT_EQ(queue.name(), "/ipclab-abc123-0123abcd-7");
  const IpcName file = MakeIpcName(IpcName::FILE, "abc123", "0123abcd", 7, "/run/ipclab");
  EXPECT_EQ(file.name(), "/run/ipclab/0123abcd/7");
  for (const auto kind : {IpcName::SYSV_SHM, IpcName::SYSV_MQ, IpcName::SYSV_SEM}) {
    EXPECT_EQ(MakeIpcName(kind, "abc123", "0123abcd", 7, "/run/ipclab").name(), file.name());
  }
}

TEST_F(IpcNameTest, RemovesSharedMemory) {
  const IpcName name = New(IpcName::POSIX_SHM);
  ASSERT_TRUE(UniqueFd(::shm_open(name.name().c_str(), O_CREAT | O_EXCL | O_RDWR, 0600)));
  EXPECT_TRUE(*RemoveIpcObject(name));
  EXPECT_FALSE(UniqueFd(::shm_open(name.name().c_str(), O_RDWR, 0)));
  EXPECT_FALSE(*RemoveIpcObject(name));
}

TEST_F(IpcNameTest, RemovesSemaphores) {
  const IpcName name = New(IpcName::POSIX_SEM);
  sem_t* const semaphore = ::sem_open(name.name().c_str(), O_CREAT | O_EXCL, 0600, 0);
  ASSERT_NE(semaphore, SEM_FAILED);
  ::sem_close(semaphore);
  EXPECT_TRUE(*RemoveIpcObject(name));
  EXPECT_EQ(::sem_open(name.name().c_str(), 0), SEM_FAILED);
  EXPECT_FALSE(*RemoveIpcObject(name));
}

TEST_F(IpcNameTest, RemovesMessageQueues) {
  const IpcName name = New(IpcName::POSIX_MQ);
  const UniqueFd queue(::mq_open(name.name().c_str(), O_CREAT | O_EXCL | O_RDWR, 0600, nullptr));
  if (!queue) GTEST_SKIP() << "this host gives no message queue";
  EXPECT_TRUE(*RemoveIpcObject(name));
  EXPECT_FALSE(UniqueFd(::mq_open(name.name().c_str(), O_RDWR)));
  EXPECT_FALSE(*RemoveIpcObject(name));
}

TEST_F(IpcNameTest, RemovesFilesAndTheFolderOnceItIsEmpty) {
  const std::string folder = *RuntimeFolder() + "/0123abcd";
  ASSERT_EQ(::mkdir(folder.c_str(), 0700), 0);
  ASSERT_EQ(::mkfifo((folder + "/0").c_str(), 0600), 0);
  ASSERT_EQ(::mkfifo((folder + "/1").c_str(), 0600), 0);
  EXPECT_TRUE(*RemoveIpcObject(Named(IpcName::FILE, folder + "/0")));
  EXPECT_TRUE(std::filesystem::exists(folder + "/1"));
  EXPECT_TRUE(*RemoveIpcObject(Named(IpcName::FILE, folder + "/1")));
  EXPECT_FALSE(std::filesystem::exists(folder));
  EXPECT_FALSE(*RemoveIpcObject(Named(IpcName::FILE, folder + "/1")));
}

TEST_F(IpcNameTest, AnEmptyFolderGoesThoughItsFileWasNeverMade) {
  const std::string folder = *RuntimeFolder() + "/0123abcd";
  ASSERT_EQ(::mkdir(folder.c_str(), 0700), 0);
  EXPECT_FALSE(*RemoveIpcObject(Named(IpcName::FILE, folder + "/0")));
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_F(IpcNameTest, RemovingFromARunFolderThatNeverWasMakesNone) {
  const std::string run_folder = session_.path() + "/ipclab";
  EXPECT_FALSE(*RemoveIpcObject(Named(IpcName::FILE, run_folder + "/0123abcd/0")));
  EXPECT_FALSE(std::filesystem::exists(run_folder));
}

TEST_F(IpcNameTest, WhatCannotBeRemovedIsAnErrorThatNamesIt) {
  const std::string path = *RuntimeFolder() + "/0123abcd/0";
  ASSERT_TRUE(std::filesystem::create_directories(path));
  const auto removed = RemoveIpcObject(Named(IpcName::FILE, path));
  ASSERT_FALSE(removed.ok());
  EXPECT_NE(removed.status().message().find("unlink " + path), absl::string_view::npos)
      << removed.status();
}

TEST_F(IpcNameTest, RefusesPosixNamesOfOthers) {
  for (const auto kind : {IpcName::POSIX_SHM, IpcName::POSIX_SEM, IpcName::POSIX_MQ}) {
    for (const char* name :
         {"", "/", "/other", "/ipclab", "ipclab-abc123-0123abcd-7", "/ipclab-abc12-0123abcd-7",
          "/ipclab-abc1234-0123abcd-7", "/ipclab-ABC123-0123abcd-7", "/ipclab-abc123-0123abc-7",
          "/ipclab-abc123-0123abcd-", "/ipclab-abc123-0123abcd-x", "/ipclab-abc123-0123abcd--7",
          "/ipclab-abc123-0123abcd-7/", "/ipclab-abc123-0123abcd-7 ", "/ipclab-abc123-../../..-7",
          "/ipclab-abc123-0123abcd-1234567890", "//ipclab-abc123-0123abcd-7"}) {
      EXPECT_TRUE(absl::IsInvalidArgument(RemoveIpcObject(Named(kind, name)).status())) << name;
    }
  }
}

TEST_F(IpcNameTest, RefusesFilesElsewhereAndLeavesThemAlone) {
  const std::string run = *RuntimeFolder();
  session_.Write("precious", "x");
  session_.Write("ipclab/precious", "x");
  session_.Write("ipclab/0123abcd/precious", "x");
  for (const std::string& name :
       {std::string(), run, run + "/", run + "/precious", run + "/../precious", run + "/0123abcd",
        run + "/0123abcd/", run + "/0123abcd/precious", run + "/0123abcd/../../precious",
        run + "/0123abcd/7/8", run + "/0123abc/7", run + "//0123abcd/7", run + "x/0123abcd/7",
        session_.path() + "/precious", std::string("/etc/passwd"), std::string("0123abcd/7"),
        run + "/........../7"}) {
    for (const auto kind :
         {IpcName::FILE, IpcName::SYSV_SHM, IpcName::SYSV_MQ, IpcName::SYSV_SEM}) {
      EXPECT_TRUE(absl::IsInvalidArgument(RemoveIpcObject(Named(kind, name)).status())) << name;
    }
  }
  EXPECT_TRUE(std::filesystem::exists(session_.path() + "/precious"));
  EXPECT_TRUE(std::filesystem::exists(run + "/precious"));
  EXPECT_TRUE(std::filesystem::exists(run + "/0123abcd/precious"));
}

TEST_F(IpcNameTest, RefusesAKindThatIsNone) {
  EXPECT_TRUE(absl::IsInvalidArgument(
      RemoveIpcObject(Named(IpcName::KIND_UNSPECIFIED, "/ipclab-abc123-0123abcd-7")).status()));
}

TEST_F(IpcNameTest, TheRuntimeFolderIsMadeForItsOwnerAlone) {
  const auto folder = RuntimeFolder();
  ASSERT_TRUE(folder.ok()) << folder.status();
  EXPECT_EQ(*folder, session_.path() + "/ipclab");
  EXPECT_EQ(ModeOf(*folder), 0700u);
  EXPECT_EQ(*RuntimeFolder(), *folder);
}

TEST_F(IpcNameTest, ARuntimeFolderThatOthersMayEnterIsRefused) {
  ASSERT_EQ(::chmod(RuntimeFolder()->c_str(), 0755), 0);
  const absl::Status status = RuntimeFolder().status();
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_NE(status.message().find("0700"), absl::string_view::npos);
}

TEST_F(IpcNameTest, ARuntimeFolderThatIsALinkOrAFileIsRefused) {
  const std::string path = session_.path() + "/ipclab";
  ASSERT_EQ(::mkdir((session_.path() + "/real").c_str(), 0700), 0);
  ASSERT_EQ(::symlink("real", path.c_str()), 0);
  EXPECT_TRUE(absl::IsPermissionDenied(RuntimeFolder().status()));
  ASSERT_EQ(::unlink(path.c_str()), 0);
  session_.Write("ipclab", "x");
  EXPECT_TRUE(absl::IsPermissionDenied(RuntimeFolder().status()));
}

TEST_F(IpcNameTest, ARuntimeFolderOfAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to give a folder away";
  ASSERT_EQ(::chown(RuntimeFolder()->c_str(), kNobody, kNobody), 0);
  EXPECT_TRUE(absl::IsPermissionDenied(RuntimeFolder().status()));
  const std::string file = session_.path() + "/ipclab/0123abcd/0";
  EXPECT_TRUE(absl::IsPermissionDenied(RemoveIpcObject(Named(IpcName::FILE, file)).status()));
}

TEST_F(IpcNameTest, ASessionFolderThatIsNotThereIsAnErrorThatNamesIt) {
  const ScopedVariable gone("XDG_RUNTIME_DIR", "/nonexistent");
  const absl::Status status = RuntimeFolder().status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_EQ(status.message(), "mkdir /nonexistent/ipclab: No such file or directory");
}

TEST_F(IpcNameTest, WithoutASessionAUsersFolderLiesInTheTemporaryFolder) {
  const ScopedVariable none("XDG_RUNTIME_DIR", nullptr);
  const ScopedVariable temporary("TMPDIR", session_.path().c_str());
  ASSERT_EQ(::chmod(session_.path().c_str(), 0777), 0);
  const uid_t before = ::geteuid();
  if (before == 0 && ::seteuid(kNobody) != 0) GTEST_SKIP() << "root cannot be left here";
  const uid_t user = ::geteuid();
  const auto folder = RuntimeFolder();
  const mode_t mode = folder.ok() ? ModeOf(*folder) : 0;
  ASSERT_EQ(::seteuid(before), 0);
  ASSERT_TRUE(folder.ok()) << folder.status();
  EXPECT_EQ(*folder, session_.path() + "/ipclab-" + std::to_string(user));
  EXPECT_EQ(mode, 0700u);
}

}  // namespace
}  // namespace ipclab
