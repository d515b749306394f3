#include "server/security/token.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

using ::testing::HasSubstr;

class TokenTest : public ::testing::Test {
 protected:
  void Write(const std::string& text, mode_t mode = 0600) {
    std::ofstream(path_) << text;
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "token";
  const std::string token_ = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
};

TEST_F(TokenTest, IsMadeOnceAndKept) {
  const absl::StatusOr<std::string> token = LoadOrMakeToken(path_);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_THAT(*token, ::testing::MatchesRegex("[0-9a-f]+"));
  EXPECT_EQ(token->size(), 64u);
  EXPECT_EQ(LoadOrMakeToken(path_).value(), *token);
}

TEST_F(TokenTest, TwoAreNeverTheSame) { EXPECT_NE(MakeToken().value(), MakeToken().value()); }

TEST_F(TokenTest, ItsFileIsTheUsersAlone) {
  ASSERT_TRUE(WriteToken(path_, token_).ok());
  struct stat status;
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
}

TEST_F(TokenTest, WhatAKilledServerLeftDoesNotStandInTheWay) {
  std::ofstream(path_ + ".new") << "half";
  ASSERT_TRUE(LoadOrMakeToken(path_).ok());
  EXPECT_NE(::access((path_ + ".new").c_str(), F_OK), 0);
}

TEST_F(TokenTest, OneThatOthersCanReadIsRefused) {
  Write(token_, 0640);
  const absl::Status status = LoadOrMakeToken(path_).status();
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(path_));
}

TEST_F(TokenTest, ALinkIsRefused) {
  ASSERT_TRUE(WriteToken(folder_ / "elsewhere", token_).ok());
  ASSERT_EQ(::symlink((folder_ / "elsewhere").c_str(), path_.c_str()), 0);
  EXPECT_FALSE(LoadOrMakeToken(path_).ok());
}

TEST_F(TokenTest, AFifoIsRefusedAndNotWaitedFor) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_TRUE(absl::IsPermissionDenied(ReadToken(path_).status()));
}

TEST_F(TokenTest, WhatIsNoTokenIsRefused) {
  for (const std::string& text :
       {std::string(), token_ + "0", token_.substr(1), token_ + "\n\n", std::string(64, 'G')}) {
    Write(text);
    EXPECT_TRUE(absl::IsFailedPrecondition(ReadToken(path_).status())) << text;
  }
}

TEST_F(TokenTest, AFinalNewlineIsNoPartOfIt) {
  Write(token_ + "\n");
  EXPECT_EQ(ReadToken(path_).value(), token_);
}

TEST_F(TokenTest, AMissingOneIsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(ReadToken(path_).status()));
}

TEST(ConstantTimeEqualsTest, TellsTokensApart) {
  const std::string token = "0123456789abcdef";
  EXPECT_TRUE(ConstantTimeEquals(token, std::string(token)));
  EXPECT_TRUE(ConstantTimeEquals("", ""));
  EXPECT_FALSE(ConstantTimeEquals(token, "1123456789abcdef"));
  EXPECT_FALSE(ConstantTimeEquals(token, "0123456789abcdee"));
  EXPECT_FALSE(ConstantTimeEquals(token, "0123456789abcde"));
  EXPECT_FALSE(ConstantTimeEquals("", token));
}

}  // namespace
}  // namespace ipclab
