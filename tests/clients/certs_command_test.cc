#include "clients/cli/certs_command.h"

#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <string>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/security/tls.h"
#include "tests/support/temporary_folder.h"

namespace ipclab::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CertsCommandTest : public ::testing::Test {
 protected:
  CertsCommandTest() { flags_.folder = folder_ / "certs"; }

  absl::StatusOr<std::vector<std::string>> Write() {
    return WriteCertificates(flags_, absl::Now());
  }

  std::string Text(const std::string& name) {
    std::ifstream stream(folder_ / "certs/" + name);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }

  const TemporaryFolder folder_;
  CertsFlags flags_;
};

TEST_F(CertsCommandTest, MakesAllThatAServerAndAClientNeed) {
  EXPECT_THAT(Write().value(), ElementsAre("ca.key", "ca.pem", "server.key", "server.pem",
                                           "client.key", "client.pem"));
  const TlsFiles files = {folder_ / "certs/server.pem", folder_ / "certs/server.key",
                          folder_ / "certs/ca.pem"};
  EXPECT_THAT(CheckTlsFiles(files, absl::Now()).value(), IsEmpty());
}

TEST_F(CertsCommandTest, KeysAreTheUsersAlone) {
  const auto written = Write();
  ASSERT_TRUE(written.ok()) << written.status();
  for (const std::string& name : *written) {
    struct stat info;
    ASSERT_EQ(::stat((folder_ / "certs/" + name).c_str(), &info), 0);
    if (!name.ends_with(".key")) continue;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << name;
  }
}

TEST_F(CertsCommandTest, OverwritesNothing) {
  ASSERT_TRUE(Write().ok());
  const std::string before = Text("server.pem") + Text("ca.pem") + Text("client.key");
  const absl::Status status = Write().status();
  EXPECT_TRUE(absl::IsAlreadyExists(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("--force"));
  EXPECT_EQ(Text("server.pem") + Text("ca.pem") + Text("client.key"), before);
}

TEST_F(CertsCommandTest, AFurtherClientGetsItsOwnOfTheSameAuthority) {
  ASSERT_TRUE(Write().ok());
  flags_.client = "grafana";
  flags_.role = "viewer";
  EXPECT_THAT(Write().value(), ElementsAre("grafana.key", "grafana.pem"));
}

TEST_F(CertsCommandTest, ForceRenewsAllButTheAuthority) {
  ASSERT_TRUE(Write().ok());
  const std::string authority = Text("ca.pem");
  const std::string server = Text("server.pem");
  flags_.force = true;
  EXPECT_THAT(Write().value(), ElementsAre("server.key", "server.pem", "client.key", "client.pem"));
  EXPECT_EQ(Text("ca.pem"), authority);
  EXPECT_NE(Text("server.pem"), server);
}

TEST_F(CertsCommandTest, AHostForAServerThatHasItsCertificateIsNotIgnored) {
  ASSERT_TRUE(Write().ok());
  flags_.client = "another";
  flags_.hosts = {"lab.example"};
  EXPECT_TRUE(absl::IsAlreadyExists(Write().status()));
}

TEST_F(CertsCommandTest, RefusesNamesThatAreNone) {
  flags_.hosts = {"a,DNS:b"};
  EXPECT_TRUE(absl::IsInvalidArgument(Write().status()));
  flags_.hosts.clear();
  for (const char* name : {"", "ca", "server", "../x", ".x", "a b"}) {
    flags_.client = name;
    EXPECT_TRUE(absl::IsInvalidArgument(Write().status())) << name;
  }
}

TEST_F(CertsCommandTest, HalfAnAuthorityIsToldAndNotReplaced) {
  folder_.Write("certs/ca.pem", "nonsense");
  const absl::Status status = Write().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("ca.key"));
  EXPECT_EQ(Text("ca.pem"), "nonsense");
}

}  // namespace
}  // namespace ipclab::cli
