// What a connection refuses before it is made.

#include "clients/cli/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;

class ConnectionTest : public ::testing::Test {
 protected:
  ConnectionTest() { folder_.Write("token", "00ff\n"); }

  absl::Status Open(const std::string& server) {
    return Connection::Open({.server = server,
                             .token_file = folder_ / "token",
                             .timeout = absl::Milliseconds(100)})
        .status();
  }

  const TemporaryFolder folder_;
};

TEST_F(ConnectionTest, ATokenDoesNotCrossANetworkInTheClear) {
  // Addresses that are nobody's: nothing may be sent even if the test fails.
  for (const char* server : {"192.0.2.1:7777", "127.evil.invalid:7777"}) {
    const absl::Status status = Open(server);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("in the clear"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("--tls-ca"));
  }
}

TEST_F(ConnectionTest, OnThisHostItMay) {
  const absl::Status status = Open("127.0.0.1:1");
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("ipclabd --listen"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("tls:HOST:PORT"));
}

}  // namespace
}  // namespace ipclab::cli
