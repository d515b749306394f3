#include "clients/cli/certs_command.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/time/clock.h"
#include "clients/cli/certificate_facts.h"
#include "clients/cli/certificates.h"
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

TEST_F(CertsCommandTest, ForceMakesAnewOnlyWhatIsNamed) {
  ASSERT_TRUE(Write().ok());
  flags_.force = true;
  flags_.client = "client";
  EXPECT_THAT(Write().value(), ElementsAre("client.key", "client.pem"));
  flags_.client.reset();
  flags_.hosts = {"lab.example"};
  EXPECT_THAT(Write().value(), ElementsAre("server.key", "server.pem"));
}

TEST_F(CertsCommandTest, TheNewOneIsGoodForAllThatTheOldOneWas) {
  flags_.hosts = {"lab.example", "10.0.0.7", "fe80::1"};
  flags_.role = "viewer";
  ASSERT_TRUE(Write().ok());
  flags_.hosts.clear();
  flags_.role.clear();
  flags_.force = true;
  ASSERT_TRUE(Write().ok());
  flags_.hosts = {"other.example"};
  ASSERT_TRUE(Write().ok());
  const auto hosts = ReadCertificateFacts(Text("server.pem")).value().hosts;
  for (const char* host : {"localhost", "lab.example", "10.0.0.7", "fe80::1", "other.example"}) {
    EXPECT_EQ(std::count(hosts.begin(), hosts.end(), host), 1) << host;
  }
  EXPECT_EQ(ReadCertificateFacts(Text("client.pem")).value().role, "viewer")
      << "a renewal must not permit more";
}

TEST_F(CertsCommandTest, HalfAPairIsMadeAnew) {
  ASSERT_TRUE(Write().ok());
  ASSERT_EQ(::unlink((folder_ / "certs/client.key").c_str()), 0);
  EXPECT_THAT(Write().value(), ElementsAre("client.key", "client.pem"));
}

TEST_F(CertsCommandTest, TheAuthorityOutlivesWhatItSigns) {
  ASSERT_TRUE(Write().ok());
  const auto authority = ReadCertificateFacts(Text("ca.pem"));
  ASSERT_TRUE(authority.ok()) << authority.status();
  EXPECT_GT(authority->until, absl::Now() + absl::Hours(24 * 3649));
  EXPECT_LT(ReadCertificateFacts(Text("server.pem")).value().until,
            absl::Now() + absl::Hours(24 * 366));
}

TEST_F(CertsCommandTest, AnAuthorityThatEndsTooSoonSignsNothing) {
  const absl::Time now = absl::Now();
  const Validity validity = {now - absl::Hours(1), now + absl::Hours(24 * 30)};
  const KeyPair authority = MakeAuthority("an authority", validity).value();
  folder_.Write("certs/ca.pem", authority.certificate);
  folder_.Write("certs/ca.key", authority.key);
  const absl::Status status = Write().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("expires on "));
  EXPECT_THAT(std::string(status.message()), HasSubstr("fewer --days"));
  EXPECT_EQ(Text("server.pem"), "");
  flags_.days = 29;
  EXPECT_TRUE(Write().ok());
}

TEST_F(CertsCommandTest, AnAuthorityThatIsNoneIsToldByItsFile) {
  ASSERT_TRUE(Write().ok());
  flags_.client = "another";
  const std::string key = Text("ca.key");
  folder_.Write("certs/ca.key", "nonsense");
  EXPECT_THAT(std::string(Write().status().message()),
              HasSubstr("certs/ca.key is no private key in PEM form without a passphrase"));
  folder_.Write("certs/ca.key", Text("server.key"));
  EXPECT_THAT(std::string(Write().status().message()), HasSubstr("another certificate"));
  folder_.Write("certs/ca.key", key);
  folder_.Write("certs/ca.pem", "nonsense");
  EXPECT_THAT(std::string(Write().status().message()),
              HasSubstr("certs/ca.pem is no certificate in PEM form"));
}

TEST_F(CertsCommandTest, AFolderThatCannotBeMadeIsNoMistakeOfUsage) {
  flags_.folder = folder_ / "missing/certs";
  EXPECT_EQ(RunCerts(flags_), 1);
  flags_.folder = folder_ / "certs";
  flags_.hosts = {"a b"};
  EXPECT_EQ(RunCerts(flags_), 2);
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
