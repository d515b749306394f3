#include "server/security/token_list.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using P = v1::Principal;

constexpr char kOne[] = "0123456789abcdef0123456789abcdef";
constexpr char kTwo[] = "fedcba9876543210fedcba9876543210";

TEST(ParseTokenListTest, TakesALineForEachTokenAndLeavesOutComments) {
  const auto entries = ParseTokenList(std::string("# who may look\n\n  viewer\tgrafana  ") + kOne +
                                      "\r\n#viewer old 0123456789abcdef\noperator ci " + kTwo);
  ASSERT_TRUE(entries.ok()) << entries.status();
  EXPECT_THAT(*entries, ElementsAre(TokenEntry{kOne, "grafana", P::VIEWER},
                                    TokenEntry{kTwo, "ci", P::OPERATOR}));
}

TEST(ParseTokenListTest, AnEmptyFileHasNone) {
  EXPECT_THAT(ParseTokenList("").value(), IsEmpty());
  EXPECT_THAT(ParseTokenList("# none yet\n").value(), IsEmpty());
}

TEST(ParseTokenListTest, NamesEveryBadLineAndNoToken) {
  const std::string secret = "s3cr3t-that-nobody-may-read";
  const absl::Status status =
      ParseTokenList("viewer a\nroot b " + secret + "\nviewer c! " + secret +
                     "1\nviewer d short\n" + "viewer e " + secret + "2 more\nviewer owner " +
                     secret + "3\nviewer f " + secret + "\nviewer f " + secret + "4\nviewer g " +
                     secret)
          .status();
  ASSERT_TRUE(absl::IsInvalidArgument(status)) << status;
  const std::string message(status.message());
  for (const char* words :
       {"line 1: must be ROLE NAME TOKEN", "line 2: the role must be", "line 3: the name must be",
        "line 4: the token must be", "line 5: must be", "line 6: the name is the server's own",
        "line 8: the name was used above", "line 9: the token was used above"}) {
    EXPECT_THAT(message, HasSubstr(words));
  }
  EXPECT_THAT(message, Not(HasSubstr("s3cr3t")));
}

TEST(ParseTokenListTest, HasALimit) {
  std::string text;
  for (int i = 0; i < 257; ++i) {
    text += "viewer n" + std::to_string(i) + " " + kOne + std::to_string(i) + "\n";
  }
  EXPECT_TRUE(absl::IsInvalidArgument(ParseTokenList(text).status()));
}

class ReadTokenListTest : public ::testing::Test {
 protected:
  void Write(const std::string& text, mode_t mode = 0600) {
    std::ofstream(path_) << text;
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "tokens";
};

TEST_F(ReadTokenListTest, ReadsWhatIsTheUsersAlone) {
  Write(std::string("viewer a ") + kOne);
  EXPECT_THAT(ReadTokenList(path_).value(), ElementsAre(TokenEntry{kOne, "a", P::VIEWER}));
}

TEST_F(ReadTokenListTest, OneThatOthersCanReadIsRefused) {
  for (const mode_t mode : {0644, 0640, 0602, 0777}) {
    Write(std::string("viewer a ") + kOne, mode);
    const absl::Status status = ReadTokenList(path_).status();
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("chmod 600 " + path_));
  }
}

TEST_F(ReadTokenListTest, SaysWhichFileIsWrong) {
  EXPECT_TRUE(absl::IsNotFound(ReadTokenList(path_).status()));
  Write("viewer");
  EXPECT_THAT(std::string(ReadTokenList(path_).status().message()),
              HasSubstr(path_ + ": line 1: must be"));
  EXPECT_FALSE(ReadTokenList(folder_.path()).ok()) << "a folder";
  ::unlink(path_.c_str());
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_TRUE(absl::IsPermissionDenied(ReadTokenList(path_).status())) << "and not waited for";
}

TEST_F(ReadTokenListTest, AHugeOneIsNotReadToItsEnd) {
  Write(std::string(100'000, '#'));
  EXPECT_TRUE(absl::IsInvalidArgument(ReadTokenList(path_).status()));
}

TEST(TokenListTest, FindsWhoseTokenItIs) {
  TokenList list(kOne);
  list.Set({{kTwo, "grafana", P::VIEWER}});
  EXPECT_EQ(list.Find(kOne)->name(), TokenList::kOwner);
  EXPECT_EQ(list.Find(kOne)->role(), P::ADMIN);
  EXPECT_EQ(list.Find(kTwo)->name(), "grafana");
  EXPECT_EQ(list.Find(kTwo)->role(), P::VIEWER);
  for (const char* wrong : {"", "0", "0123456789abcdef0123456789abcdee"}) {
    EXPECT_EQ(list.Find(wrong), std::nullopt) << wrong;
  }
}

TEST(TokenListTest, ANewListReplacesAllButTheServersOwn) {
  TokenList list(kOne);
  list.Set({{kTwo, "grafana", P::VIEWER}});
  list.Set({});
  EXPECT_EQ(list.Find(kTwo), std::nullopt);
  EXPECT_NE(list.Find(kOne), std::nullopt);
}

TEST(TokenListTest, WithoutATokenNobodyGetsInByAnEmptyOne) {
  EXPECT_EQ(TokenList("").Find(""), std::nullopt);
}

}  // namespace
}  // namespace ipclab
