#include "clients/cli/token.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace ipclab::cli {
namespace {

class TokenTest : public ::testing::Test {
 protected:
  TokenTest() {
    std::string folder = ::testing::TempDir() + "/token-XXXXXX";
    folder_ = ::mkdtemp(folder.data());
    std::filesystem::create_directories(folder_ / "ipclab");
    ::setenv("XDG_STATE_HOME", folder_.c_str(), 1);
  }
  ~TokenTest() override {
    ::unsetenv("XDG_STATE_HOME");
    std::filesystem::remove_all(folder_);
  }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  static std::string Token(const std::string& address, const std::string& file = "") {
    return TokenFor(ParseServerAddress(address).value(), file).value();
  }

  std::filesystem::path folder_;
};

TEST_F(TokenTest, LocalServersGetTheTokenOfTheStateFolder) {
  Write("ipclab/token", "00ff\n");
  EXPECT_EQ(Token("127.0.0.1:1"), "00ff");
}

TEST_F(TokenTest, OtherHostsGetOnlyATokenThatWasNamed) {
  const std::string file = Write("ipclab/token", "00ff\n");
  EXPECT_EQ(Token("lab.example:1"), "");
  EXPECT_EQ(Token("lab.example:1", file), "00ff");
}

TEST_F(TokenTest, UnixSocketsNeedNone) {
  Write("ipclab/token", "00ff\n");
  EXPECT_EQ(Token("unix:/run/s"), "");
}

TEST_F(TokenTest, ANamedFileWithoutATokenIsAMistake) {
  const ServerAddress address = ParseServerAddress("127.0.0.1:1").value();
  EXPECT_FALSE(TokenFor(address, Write("empty", "")).ok());
  EXPECT_FALSE(TokenFor(address, Write("bad", "a\x01\n")).ok());
  EXPECT_FALSE(TokenFor(address, folder_ / "missing").ok());
}

}  // namespace
}  // namespace ipclab::cli
