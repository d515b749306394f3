#include "server/flags.h"

#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FlagsTest : public ::testing::Test {
 protected:
  // Parses them, and keeps what is printed off the test's own output.
  std::optional<Flags> Parse(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "ipclabd");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    auto flags = ParseFlags(static_cast<int>(argv.size()), argv.data(), exit_code_);
    output_ = ::testing::internal::GetCapturedStdout();
    errors_ = ::testing::internal::GetCapturedStderr();
    return flags;
  }

  int exit_code_ = -1;
  std::string output_;
  std::string errors_;
};

TEST_F(FlagsTest, HasADefaultForEverything) {
  const auto flags = Parse({});
  ASSERT_TRUE(flags);
  EXPECT_THAT(flags->listen, IsEmpty());
  EXPECT_EQ(flags->state_dir, "");
  EXPECT_EQ(flags->log_level, "info");
  EXPECT_EQ(flags->private_fd, -1);
  EXPECT_EQ(flags->stall_limit, absl::Seconds(10));
  EXPECT_EQ(flags->grace, absl::Seconds(5));
  EXPECT_FALSE(flags->tls.any());
  EXPECT_FALSE(flags->insecure_remote);
  EXPECT_EQ(flags->limits.creates_per_second, 200);
  EXPECT_EQ(flags->limits.create_burst, 1000);
}

TEST_F(FlagsTest, TakesEachFlag) {
  const auto flags = Parse({"--listen", "unix:/a", "--listen=127.0.0.1:0", "--state-dir", "/state",
                            "--log-level", "debug", "--worker-binary", "/worker", "--stall-limit",
                            "0.5", "--grace", "2", "--private-fd", "4"});
  ASSERT_TRUE(flags) << errors_;
  EXPECT_THAT(flags->listen, ElementsAre("unix:/a", "127.0.0.1:0"));
  EXPECT_EQ(flags->state_dir, "/state");
  EXPECT_EQ(flags->log_level, "debug");
  EXPECT_EQ(FindWorkerBinary(*flags), "/worker");
  EXPECT_EQ(flags->stall_limit, absl::Milliseconds(500));
  EXPECT_EQ(flags->grace, absl::Seconds(2));
  EXPECT_EQ(flags->private_fd, 4);
}

TEST_F(FlagsTest, TakesEachFlagOfSecurity) {
  const auto flags =
      Parse({"--tokens", "/tokens", "--tls-cert", "/cert", "--tls-key", "/key", "--tls-client-ca",
             "/ca", "--insecure-remote", "--creates-per-second", "0.5", "--create-burst", "7"});
  ASSERT_TRUE(flags) << errors_;
  EXPECT_EQ(flags->tokens, "/tokens");
  EXPECT_EQ(flags->tls.certificate, "/cert");
  EXPECT_EQ(flags->tls.key, "/key");
  EXPECT_EQ(flags->tls.client_ca, "/ca");
  EXPECT_TRUE(flags->insecure_remote);
  EXPECT_EQ(flags->limits.creates_per_second, 0.5);
  EXPECT_EQ(flags->limits.create_burst, 7);
}

TEST_F(FlagsTest, MistakesEndItWithTwoAndAreNamed) {
  const std::vector<std::vector<std::string>> mistakes = {{"--no-such-flag"},
                                                          {"--log-level", "loud"},
                                                          {"--stall-limit", "0"},
                                                          {"--stall-limit", "soon"},
                                                          {"--grace", "-1"},
                                                          {"--private-fd", "-2"},
                                                          {"--creates-per-second", "0"},
                                                          {"--create-burst", "0"},
                                                          {"--create-burst", "many"},
                                                          {"--listen"}};
  for (const std::vector<std::string>& arguments : mistakes) {
    EXPECT_FALSE(Parse(arguments)) << arguments[0];
    EXPECT_EQ(exit_code_, 2) << arguments[0];
    EXPECT_THAT(errors_, HasSubstr(arguments[0]));
  }
}

TEST_F(FlagsTest, HelpAndVersionAreNoMistakes) {
  EXPECT_FALSE(Parse({"--help"}));
  EXPECT_EQ(exit_code_, 0);
  EXPECT_THAT(output_, HasSubstr("--listen"));
  EXPECT_FALSE(Parse({"--version"}));
  EXPECT_EQ(exit_code_, 0);
  EXPECT_THAT(output_, HasSubstr(IPCLAB_VERSION));
}

TEST_F(FlagsTest, TheWorkerLiesWhereItWasInstalledUnlessItIsBeside) {
  // This test is built into a folder of its own, without the worker.
  EXPECT_THAT(FindWorkerBinary(Flags()), EndsWith("/../libexec/ipclab/ipclab-worker"));
}

}  // namespace
}  // namespace ipclab
