#include "common/run_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "common/ipc_name.h"
#include "tests/support/scoped_variable.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

class RunFileTest : public testing::Test {
 protected:
  const TemporaryFolder session_;
  const ScopedVariable variable_{"XDG_RUNTIME_DIR", session_.path().c_str()};
  const std::string folder_ = RuntimeFolderPath() + "/0123abcd";
};

TEST_F(RunFileTest, MakesTheFoldersForTheirOwnerAlone) {
  for (int i = 0; i < 2; ++i) {
    const absl::Status made = MakeFolderOf(folder_ + "/7");
    ASSERT_TRUE(made.ok()) << made;
    struct stat found = {};
    ASSERT_EQ(::stat(folder_.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777, 0700u);
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/7"));
}

TEST_F(RunFileTest, RefusesAFolderThatOthersMayEnterOrThatIsNone) {
  ASSERT_TRUE(RuntimeFolder().ok());
  ASSERT_EQ(::mkdir(folder_.c_str(), 0700), 0);
  ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);
  EXPECT_TRUE(absl::IsPermissionDenied(MakeFolderOf(folder_ + "/7")));
  std::filesystem::remove(folder_);
  session_.Write("ipclab/0123abcd", "x");
  EXPECT_TRUE(absl::IsPermissionDenied(MakeFolderOf(folder_ + "/7")));
}

TEST_F(RunFileTest, RefusesPathsElsewhereAndMakesNothing) {
  for (const std::string& path :
       {session_.path() + "/x/7", std::string("/x/7"), std::string("7"), std::string(),
        RuntimeFolderPath() + "/7", RuntimeFolderPath() + "/a/b/7"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(MakeFolderOf(path))) << path;
  }
  EXPECT_FALSE(std::filesystem::exists(RuntimeFolderPath()));
}

}  // namespace
}  // namespace ipclab
