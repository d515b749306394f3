#include "server/host/state_dir.h"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/test_child.h"
#include "tests/support/scoped_variable.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

unsigned ModeOf(const std::string& path) {
  struct stat status;
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

TEST(StateDirTest, MakesThePrivateFolderAndThoseAboveIt) {
  const TemporaryFolder folder;
  const std::string path = folder / "a/b/c";
  const absl::StatusOr<StateDir> state_dir = StateDir::Open(path + "//");
  ASSERT_TRUE(state_dir.ok()) << state_dir.status();
  EXPECT_EQ(state_dir->path(), path);
  EXPECT_EQ(state_dir->database_path(), path + "/ipclab.db");
  EXPECT_EQ(ModeOf(path), 0700u);
  EXPECT_EQ(ModeOf(folder / "a"), 0700u);
  EXPECT_EQ(ModeOf(path + "/token"), 0600u);
  EXPECT_EQ(ModeOf(path + "/lock"), 0600u);
}

TEST(StateDirTest, TheTokenStaysWithTheFolder) {
  const TemporaryFolder folder;
  const std::string token = StateDir::Open(folder.path()).value().token();
  EXPECT_EQ(token.size(), 64u);
  EXPECT_EQ(StateDir::Open(folder.path()).value().token(), token);
}

TEST(StateDirTest, AFolderThatOthersCanEnterIsRefused) {
  const TemporaryFolder folder;
  for (const mode_t mode : {0755, 0710, 0701}) {
    ASSERT_EQ(::chmod(folder.path().c_str(), mode), 0);
    const absl::Status status = StateDir::Open(folder.path()).status();
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
    EXPECT_THAT(MessageOf(status), HasSubstr("chmod 700 " + folder.path()));
  }
}

TEST(StateDirTest, AFolderOfAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  const TemporaryFolder folder;
  ASSERT_EQ(::chown(folder.path().c_str(), 12345, 12345), 0);
  const absl::Status status = StateDir::Open(folder.path()).status();
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_THAT(MessageOf(status), HasSubstr("12345"));
}

TEST(StateDirTest, AFileInItsPlaceIsRefused) {
  const TemporaryFolder folder;
  ASSERT_TRUE(StateDir::Open(folder / "state").ok());
  const absl::Status status = StateDir::Open(folder / "state/lock").status();
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(MessageOf(status), HasSubstr(folder / "state/lock"));
}

TEST(StateDirTest, ASecondServerIsToldWhoHoldsIt) {
  const TemporaryFolder folder;
  TestChild holder(STATE_DIR_HOLDER, folder.path());
  ASSERT_TRUE(holder.Read(std::chrono::minutes(1)));
  const absl::Status status = StateDir::Open(folder.path()).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(MessageOf(status), AllOf(HasSubstr(folder.path()), HasSubstr("--state-dir"),
                                       HasSubstr("process " + std::to_string(holder.pid()))));
}

TEST(StateDirTest, IsFreeOnceItsHolderWasKilled) {
  const TemporaryFolder folder;
  TestChild holder(STATE_DIR_HOLDER, folder.path());
  ASSERT_TRUE(holder.Read(std::chrono::minutes(1)));
  ASSERT_TRUE(holder.Kill());
  EXPECT_TRUE(StateDir::Open(folder.path()).ok());
}

TEST(StateDirTest, HoldsTheFolderAsLongAsItLives) {
  const TemporaryFolder folder;
  std::optional<StateDir> state_dir = StateDir::Open(folder.path()).value();
  const StateDir moved = *std::move(state_dir);
  state_dir.reset();
  EXPECT_TRUE(absl::IsFailedPrecondition(StateDir::Open(folder.path()).status()));
}

TEST(StateDirTest, HasToHaveAName) {
  EXPECT_TRUE(absl::IsInvalidArgument(StateDir::Open("").status()));
}

TEST(DefaultStateDirTest, IsWhereTheSessionKeepsState) {
  const ScopedVariable home("HOME", "/home/someone");
  const ScopedVariable state("XDG_STATE_HOME", "/somewhere/state");
  EXPECT_EQ(DefaultStateDir().value(), "/somewhere/state/ipclab");
}

TEST(DefaultStateDirTest, IsInTheHomeFolderOtherwise) {
  const ScopedVariable home("HOME", "/home/someone");
  for (const char* value : {static_cast<const char*>(nullptr), "", "not/absolute"}) {
    const ScopedVariable state("XDG_STATE_HOME", value);
    EXPECT_EQ(DefaultStateDir().value(), "/home/someone/.local/state/ipclab");
  }
}

TEST(DefaultStateDirTest, WithoutHomeIsTheSystemsForRootOnly) {
  const ScopedVariable home("HOME", nullptr);
  const ScopedVariable state("XDG_STATE_HOME", nullptr);
  if (::geteuid() == 0) {
    EXPECT_EQ(DefaultStateDir().value(), "/var/lib/ipclab");
  } else {
    EXPECT_TRUE(absl::IsFailedPrecondition(DefaultStateDir().status()));
  }
}

}  // namespace
}  // namespace ipclab
