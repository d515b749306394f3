// Who may do what, and how often: tokens, roles, the rate of creations.

#include <sys/stat.h>

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/security/roles.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

using ::testing::HasSubstr;
using P = v1::Principal;

// A token for each role, as long as it must be.
std::string TokenOf(P::Role role) { return "0123456789abcdef-" + RoleWord(role); }

std::string Line(P::Role role) {
  return absl::StrCat(RoleWord(role), " the-", RoleWord(role), " ", TokenOf(role), "\n");
}

// A server with a file of tokens, which it shares with nobody.
class TokensTest : public ::testing::Test {
 protected:
  TokensTest() { Replace(Line(P::VIEWER) + Line(P::OPERATOR) + Line(P::ADMIN)); }

  // Puts another file in its place at once, as an administrator should.
  void Replace(const std::string& text, mode_t mode = 0600) {
    folder_.Write("new", text);
    ASSERT_EQ(::chmod((folder_ / "new").c_str(), mode), 0);
    ASSERT_EQ(::rename((folder_ / "new").c_str(), path_.c_str()), 0);
  }

  LabServer::Options Options(const std::vector<std::string>& more = {}) const {
    LabServer::Options options = {.tcp = true, .flags = {"--tokens", path_}};
    options.flags.insert(options.flags.end(), more.begin(), more.end());
    return options;
  }

  static grpc::Status InfoWith(const LabServer& server, const std::string& token) {
    return LabClient(server.tcp_address(), token).Info().status;
  }

  // Calls until it is answered so.
  static bool BecomesAnswered(const LabServer& server, const std::string& token,
                              grpc::StatusCode code) {
    const absl::Time deadline = absl::Now() + kPatience;
    while (absl::Now() < deadline) {
      if (InfoWith(server, token).error_code() == code) return true;
    }
    return false;
  }

  static bool BecomesComplained(const LabServer& server, const std::string& words) {
    const absl::Time deadline = absl::Now() + kPatience;
    while (absl::Now() < deadline) {
      if (server.Complaints().find(words) != std::string::npos) return true;
      if (!server.client().Info().ok()) return false;  // lets the time pass
    }
    return false;
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "tokens";
};

TEST_F(TokensTest, EachRoleMayCallWhatTheTableSaysAndNothingElse) {
  const LabServer server(Options());
  for (const P::Role role : {P::VIEWER, P::OPERATOR, P::ADMIN}) {
    const LabClient client(server.tcp_address(), TokenOf(role));
    for (const MethodRole& row : MethodRoles()) {
      const auto answer = client.CallByName(absl::StrCat("/", std::string(row.method)), "");
      if (role < row.role) {
        EXPECT_TRUE(Refused(answer.status, grpc::PERMISSION_DENIED, "ROLE_TOO_LOW")) << row.method;
      } else {
        EXPECT_NE(answer.status.error_code(), grpc::PERMISSION_DENIED) << row.method;
        EXPECT_NE(answer.status.error_code(), grpc::UNAUTHENTICATED) << row.method;
        EXPECT_NE(answer.status.error_code(), grpc::UNIMPLEMENTED) << row.method;
      }
    }
  }
}

TEST_F(TokensTest, ARefusalNamesTheRoleThatIsNeededAndTheOneThatIsThere) {
  const LabServer server(Options());
  const LabClient viewer(server.tcp_address(), TokenOf(P::VIEWER));
  const grpc::Status status = viewer.Create(Measure()).status;
  EXPECT_TRUE(Refused(status, grpc::PERMISSION_DENIED, "ROLE_TOO_LOW"));
  EXPECT_EQ(ErrorInfoOf(status).metadata().at("needed"), "operator");
  EXPECT_EQ(ErrorInfoOf(status).metadata().at("actual"), "viewer");
  EXPECT_THAT(status.error_message(), HasSubstr("the-viewer has the role viewer"));
  EXPECT_EQ(server.client().Info()->experiments(), 0);
}

TEST_F(TokensTest, AnOperatorsExperimentIsWatchedByAViewer) {
  const LabServer server(Options());
  const LabClient driver(server.tcp_address(), TokenOf(P::OPERATOR));
  const LabClient viewer(server.tcp_address(), TokenOf(P::VIEWER));
  const std::string name = driver.MustCreate(Measure("pipe", 10));
  EXPECT_EQ(viewer.AwaitState(name, v1::Experiment::READY).name(), name);
  EXPECT_TRUE(Refused(viewer.Run(name).status, grpc::PERMISSION_DENIED, "ROLE_TOO_LOW"));
  EXPECT_TRUE(driver.Run(name).ok());
  EXPECT_EQ(viewer.AwaitEnd(name).state(), v1::Experiment::SUCCEEDED);
}

TEST_F(TokensTest, TheServerTellsEachWhoTheyAre) {
  const LabServer server(Options());
  const auto caller_with = [&](const std::string& token) {
    return LabClient(server.tcp_address(), token).Info()->caller();
  };
  EXPECT_EQ(server.client().Info()->caller().name(), "local");
  EXPECT_EQ(server.client().Info()->caller().role(), P::ADMIN);
  EXPECT_EQ(caller_with(server.Token()).name(), "owner");
  EXPECT_EQ(caller_with(server.Token()).role(), P::ADMIN);
  EXPECT_EQ(caller_with(TokenOf(P::VIEWER)).name(), "the-viewer");
  EXPECT_EQ(caller_with(TokenOf(P::VIEWER)).role(), P::VIEWER);
}

TEST_F(TokensTest, ATokenComesAndGoesWithoutARestart) {
  const LabServer server(Options());
  EXPECT_TRUE(InfoWith(server, TokenOf(P::VIEWER)).ok());
  Replace("viewer later 0123456789abcdef-later\n");
  EXPECT_TRUE(BecomesAnswered(server, "0123456789abcdef-later", grpc::OK));
  EXPECT_TRUE(Refused(InfoWith(server, TokenOf(P::VIEWER)), grpc::UNAUTHENTICATED, "TOKEN_WRONG"));
  EXPECT_TRUE(InfoWith(server, server.Token()).ok());
}

TEST_F(TokensTest, ABrokenFileChangesNothingAndIsToldOnce) {
  const LabServer server(Options());
  Replace("viewer later\n");
  ASSERT_TRUE(BecomesComplained(server, "the tokens stay as they were"));
  EXPECT_TRUE(InfoWith(server, TokenOf(P::VIEWER)).ok());
  Replace(Line(P::VIEWER) + "operator later 0123456789abcdef-later\n");
  ASSERT_TRUE(BecomesAnswered(server, "0123456789abcdef-later", grpc::OK));
  const std::vector<std::string> parts =
      absl::StrSplit(server.Complaints(), "the tokens stay as they were");
  EXPECT_EQ(parts.size(), 2u) << server.Complaints();
  EXPECT_THAT(server.Complaints(), HasSubstr("line 1: must be ROLE NAME TOKEN"));
}

TEST_F(TokensTest, AFileThatOthersCanReadKeepsTheServerFromStarting) {
  const LabServer server;
  const std::vector<std::string> flags = {"--listen",    "unix:" + server.folder() + "/second",
                                          "--state-dir", server.state_folder() + "/other",
                                          "--tokens",    path_};
  ASSERT_EQ(::chmod(path_.c_str(), 0644), 0);
  const auto open = server.StartAnother(flags);
  EXPECT_EQ(open->AwaitExit(), 1);
  EXPECT_THAT(open->Complaints(), HasSubstr("chmod 600 " + path_));
  Replace("viewer a\nroot b 0123456789abcdef\n");
  const auto broken = server.StartAnother(flags);
  EXPECT_EQ(broken->AwaitExit(), 1);
  EXPECT_THAT(broken->Complaints(), HasSubstr("line 1: "));
  EXPECT_THAT(broken->Complaints(), HasSubstr("line 2: "));
}

TEST_F(TokensTest, WhoCreatesTooFastIsToldWhenToComeBackAndNobodyElseIs) {
  const LabServer server(Options({"--create-burst", "3", "--creates-per-second", "0.01"}));
  EXPECT_EQ(server.client().Info()->limits().create_burst(), 3);
  EXPECT_EQ(server.client().Info()->limits().creates_per_second(), 0.01);
  const LabClient driver(server.tcp_address(), TokenOf(P::OPERATOR));
  v1::CreateExperimentRequest request = Measure();
  request.set_validate_only(true);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(driver.Create(request).ok()) << i;
  const grpc::Status status = driver.Create(request).status;
  EXPECT_TRUE(Refused(status, grpc::RESOURCE_EXHAUSTED, "QUOTA_EXCEEDED"));
  EXPECT_THAT(status.error_message(), HasSubstr("the-operator creates too fast"));
  EXPECT_THAT(status.error_details(), HasSubstr("google.rpc.RetryInfo"));
  EXPECT_THAT(status.error_details(), HasSubstr("google.rpc.QuotaFailure"));
  EXPECT_TRUE(driver.Info().ok()) << "only creations count";
  EXPECT_TRUE(server.client().Create(request).ok());
}

TEST(LimitsTest, ArePublished) {
  const LabServer server;
  const v1::ServerLimits limits = server.client().Info()->limits();
  EXPECT_EQ(limits.creates_per_second(), 200);
  EXPECT_EQ(limits.create_burst(), 1000);
  EXPECT_EQ(limits.max_request_bytes(), 4 << 20);
  EXPECT_EQ(limits.max_drives(), 256);
  EXPECT_EQ(limits.explorations().max_explorations(), 4);
  EXPECT_EQ(limits.explorations().max_schedules(), 1'000'000'000'000);
  EXPECT_EQ(limits.explorations().max_time().seconds(), 3600);
  EXPECT_EQ(limits.explorations().default_time().seconds(), 60);
  EXPECT_GT(limits.explorations().max_memory_bytes(), 0);
}

}  // namespace
}  // namespace ipclab
