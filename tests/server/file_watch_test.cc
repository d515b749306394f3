#include "server/security/file_watch.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/server/patience.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

class FileWatchTest : public ::testing::Test {
 protected:
  FileWatchTest() {
    folder_.Write("file", "one");
    watch_.emplace(
        std::vector<std::string>{path_, folder_ / "other"}, [this] { changes_.Put(true); },
        absl::Milliseconds(5));
  }

  // A change that the watch has reported.
  bool Noticed() { return changes_.Take().has_value(); }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "file";
  Mailbox<bool> changes_;
  std::optional<FileWatch> watch_;
};

TEST_F(FileWatchTest, NoticesAFileThatIsWrittenInPlace) {
  std::ofstream(path_) << "two words";
  EXPECT_TRUE(Noticed());
}

TEST_F(FileWatchTest, NoticesAFileThatTakesTheNameOfAnother) {
  folder_.Write("new", "two");  // as long as the other
  ASSERT_EQ(::rename((folder_ / "new").c_str(), path_.c_str()), 0);
  EXPECT_TRUE(Noticed());
}

TEST_F(FileWatchTest, NoticesAFileThatGoesAndOneThatComes) {
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  EXPECT_TRUE(Noticed());
  folder_.Write("other", "here");
  EXPECT_TRUE(Noticed());
}

TEST_F(FileWatchTest, NoticesAModeThatWasMended) {
  ASSERT_EQ(::chmod(path_.c_str(), 0600), 0);
  EXPECT_TRUE(Noticed());
}

TEST(FileWatchEndTest, EndsAtOnceHoweverLongItsInterval) {
  const absl::Time start = absl::Now();
  {
    const FileWatch watch(
        {"/dev/null"}, [] {}, absl::Hours(1));
  }
  EXPECT_LT(absl::Now() - start, absl::Minutes(1));
}

}  // namespace
}  // namespace ipclab
