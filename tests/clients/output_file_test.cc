#include "clients/cli/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/temporary_folder.h"

namespace ipclab::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string Contents(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class OutputFileTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }
  // How many names there are, hidden ones too.
  int64_t Names() const {
    return std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator());
  }

  TemporaryFolder folder_;
};

TEST_F(OutputFileTest, AppearsWholeWithTheCommit) {
  auto file = OutputFile::Open(Path("f"));
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_TRUE(file->Write("one ").ok());
  ASSERT_TRUE(file->Write("two").ok());
  EXPECT_FALSE(fs::exists(Path("f")));
  ASSERT_TRUE(file->Commit().ok());
  EXPECT_EQ(Contents(Path("f")), "one two");
  EXPECT_EQ(Names(), 1);
}

TEST_F(OutputFileTest, WithoutACommitNothingIsLeftAndTheOldOneStays) {
  std::ofstream(Path("f")) << "old";
  {
    auto file = OutputFile::Open(Path("f"));
    ASSERT_TRUE(file.ok()) << file.status();
    ASSERT_TRUE(file->Write("new").ok());
  }
  EXPECT_EQ(Contents(Path("f")), "old");
  EXPECT_EQ(Names(), 1);
}

TEST_F(OutputFileTest, ReplacesTheOldOneAndWhatALinkPointsTo) {
  std::ofstream(Path("f")) << "old";
  fs::create_symlink("f", Path("link"));
  auto file = OutputFile::Open(Path("link"));
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_TRUE(file->Write("new").ok());
  ASSERT_TRUE(file->Commit().ok());
  EXPECT_TRUE(fs::is_symlink(Path("link")));
  EXPECT_EQ(Contents(Path("f")), "new");
}

TEST_F(OutputFileTest, AFullDeviceIsAnError) {
  auto file = OutputFile::Open("/dev/full");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(std::string(file->Write("x").message()),
              HasSubstr("write to /dev/full: No space left on device"));
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(OutputFileTest, APlaceThatIsNotThereIsAnError) {
  const auto file = OutputFile::Open(Path("no/f"));
  EXPECT_THAT(std::string(file.status().message()), HasSubstr("No such file or directory"));
  EXPECT_THAT(std::string(file.status().message()), HasSubstr(Path("no/f")));
}

}  // namespace
}  // namespace ipclab::cli
