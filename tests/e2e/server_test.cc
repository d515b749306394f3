// The server's doors: who gets in, and that nobody else can stand in its place.

#include <sys/stat.h>

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using testing::HasSubstr;

// It ends with exit code 1 and says why in one line.
void ExpectRefusal(ChildProgram& program, const std::string& words) {
  EXPECT_EQ(program.AwaitLine(), std::nullopt);
  EXPECT_EQ(program.AwaitExit(), 1);
  EXPECT_THAT(program.Complaints(), testing::StartsWith("ipclabd: "));
  EXPECT_THAT(program.Complaints(), HasSubstr(words));
}

TEST(SecondServerTest, OnTheSameSocketIsRefused) {
  const LabServer server;
  const auto second = server.StartAnother(
      {"--listen", server.unix_address(), "--state-dir", server.state_folder() + "/other"});
  ExpectRefusal(*second, "another ipclabd listens on " + server.unix_address());
  EXPECT_TRUE(server.client().Info().ok());
}

TEST(SecondServerTest, OnTheSamePortIsRefused) {
  const LabServer server({.tcp = true});
  const auto second = server.StartAnother(
      {"--listen", server.tcp_address(), "--state-dir", server.state_folder() + "/other"});
  ExpectRefusal(*second, "cannot listen on " + server.tcp_address());
  EXPECT_TRUE(LabClient(server.tcp_address(), server.Token()).Info().ok());
}

TEST(SecondServerTest, OnTheSameStateFolderIsRefused) {
  const LabServer server;
  const std::string before = server.Token();
  const auto second = server.StartAnother(
      {"--listen", "unix:" + server.folder() + "/second", "--state-dir", server.state_folder()});
  ExpectRefusal(*second, "another server (process " + std::to_string(server.pid()) + ")");
  EXPECT_EQ(server.Token(), before);
  EXPECT_TRUE(server.client().Info().ok());
}

TEST(SecondServerTest, OnASocketOfItsOwnServesBesideTheFirst) {
  const LabServer server;
  const std::string address = "unix:" + server.folder() + "/second";
  const auto second =
      server.StartAnother({"--listen", address, "--state-dir", server.state_folder() + "/other"});
  EXPECT_EQ(second->AwaitLine(), "listening on " + address);
  EXPECT_NE(LabClient(address).Info()->instance(), server.client().Info()->instance());
  second->Signal(SIGTERM);
  EXPECT_EQ(second->AwaitExit(), 0);
}

TEST(SocketTest, OneLeftByAServerThatWasKilledIsTakenOver) {
  LabServer server;
  server.Kill();
  ASSERT_TRUE(std::filesystem::exists(server.folder() + "/s"));
  server.Restart();
  EXPECT_TRUE(server.client().Info().ok());
}

TEST(SocketTest, InAFolderThatOthersCanEnterIsRefused) {
  const LabServer server;
  const std::string open = server.state_folder() + "/open";
  for (const mode_t mode : {0755, 0710, 0701}) {
    std::filesystem::create_directory(open);
    ASSERT_EQ(::chmod(open.c_str(), mode), 0);
    const auto second = server.StartAnother(
        {"--listen", "unix:" + open + "/s", "--state-dir", server.state_folder() + "/other"});
    ExpectRefusal(*second, "mkdir -m 700 " + open);
  }
}

TEST(SocketTest, AnAddressThatMakesNoSenseIsRefused) {
  const LabServer server;
  const std::vector<std::pair<std::string, std::string>> addresses = {
      {"0.0.0.0:0", "is not on loopback"},
      {"[::]:0", "is not on loopback"},
      {"192.0.2.1:7777", "is not on loopback"},
      {"127.0.0.1", "is no address"},
      {"127.0.0.1:70000", "is no address"},
      {"nonsense", "is no address"},
      {"unix:relative", "needs an absolute path"},
      {"unix:/" + std::string(200, 'x'), "at most 107 characters"}};
  for (const auto& [address, words] : addresses) {
    const auto second =
        server.StartAnother({"--listen", address, "--state-dir", server.state_folder() + "/other"});
    ExpectRefusal(*second, words);
  }
}

TEST(TokenTest, ByTcpNobodyGetsInWithoutIt) {
  const LabServer server({.tcp = true});
  const LabClient stranger(server.tcp_address());
  EXPECT_TRUE(Refused(stranger.Info().status, grpc::UNAUTHENTICATED, "TOKEN_MISSING"));
  EXPECT_TRUE(Refused(stranger.Create(Measure()).status, grpc::UNAUTHENTICATED, "TOKEN_MISSING"));
  EventStream events = stranger.Watch("experiments/a");
  EXPECT_FALSE(events.Next().has_value());
  EXPECT_TRUE(Refused(events.Finish(), grpc::UNAUTHENTICATED, "TOKEN_MISSING"));
  MetricsStream metrics = stranger.WatchMetrics("experiments/a", absl::Seconds(1));
  EXPECT_FALSE(metrics.Next().has_value());
  EXPECT_TRUE(Refused(metrics.Finish(), grpc::UNAUTHENTICATED, "TOKEN_MISSING"));
  EXPECT_TRUE(Refused(stranger.ListMechanisms().status, grpc::UNAUTHENTICATED, "TOKEN_MISSING"));
  EXPECT_EQ(server.client().Info()->experiments(), 0);
}

TEST(TokenTest, AWrongOneIsAsBadAsNone) {
  const LabServer server({.tcp = true});
  const std::string token = server.Token();
  std::string changed = token;
  changed.back() = changed.back() == '0' ? '1' : '0';
  for (const std::string& wrong :
       {changed, token.substr(1), token + "0", token.substr(0, 1), std::string(4000, 'a')}) {
    EXPECT_TRUE(Refused(LabClient(server.tcp_address(), wrong).Info().status, grpc::UNAUTHENTICATED,
                        "TOKEN_WRONG"));
  }
}

TEST(TokenTest, TheRightOneOpensEverything) {
  const LabServer server({.tcp = true});
  const LabClient client(server.tcp_address(), server.Token());
  EXPECT_EQ(client.CreateAndFinish(Measure()).state(), v1::Experiment::SUCCEEDED);
  EXPECT_THAT(client.Info()->addresses(),
              testing::UnorderedElementsAre(server.unix_address(), server.tcp_address()));
}

TEST(TokenTest, LiesInAFileThatNobodyElseReads) {
  const LabServer server;
  struct stat found;
  ASSERT_EQ(::stat((server.state_folder() + "/token").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 0600u);
  ASSERT_EQ(::stat(server.state_folder().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 0700u);
  ASSERT_EQ(::stat((server.state_folder() + "/ipclab.db").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 0600u);
}

TEST(HealthTest, SaysServing) {
  const LabServer server;
  const std::string serving("\x08\x01", 2);  // field 1, SERVING
  const auto health = server.client().CallByName("/grpc.health.v1.Health/Check", "");
  EXPECT_TRUE(health.ok()) << health.status.error_message();
  EXPECT_EQ(health.value, serving);
}

TEST(HealthTest, AMethodThatIsNotThereIsUnimplemented) {
  const LabServer server;
  EXPECT_EQ(server.client().CallByName("/ipclab.v1.ExperimentService/Fly", "").status.error_code(),
            grpc::UNIMPLEMENTED);
}

TEST(HealthTest, WhatIsNoMessageIsRefusedAndTheServerGoesOn) {
  const LabServer server;
  const auto nonsense =
      server.client().CallByName("/ipclab.v1.ExperimentService/CreateExperiment", "\xff\xff\xff");
  EXPECT_FALSE(nonsense.ok());
  EXPECT_EQ(server.client().CreateAndFinish(Measure()).state(), v1::Experiment::SUCCEEDED);
}

TEST(FlagTest, AMistakeIsToldWithExitCodeTwo) {
  const LabServer server;
  for (const std::vector<std::string>& flags :
       std::vector<std::vector<std::string>>{{"--no-such-flag"},
                                             {"--grace", "soon"},
                                             {"--log-level", "loud"},
                                             {"--stall-limit", "-1"}}) {
    const auto program = server.StartAnother(flags);
    EXPECT_EQ(program->AwaitExit(), 2) << flags[0];
    EXPECT_THAT(program->Complaints(), HasSubstr(flags[0]));
  }
}

TEST(FlagTest, AWorkerBinaryThatIsNoneIsRefused) {
  const LabServer server;
  const std::vector<std::string> place = {"--listen", "unix:" + server.folder() + "/second",
                                          "--state-dir", server.state_folder() + "/other"};
  for (const char* binary : {"/no/such/worker", "/bin/true"}) {
    std::vector<std::string> flags = place;
    flags.insert(flags.end(), {"--worker-binary", binary});
    const auto program = server.StartAnother(flags);
    EXPECT_EQ(program->AwaitExit(), 1) << binary;
    EXPECT_THAT(program->Complaints(), testing::StartsWith("ipclabd: "));
  }
}

}  // namespace
}  // namespace ipclab
