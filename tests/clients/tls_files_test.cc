// What the server says of the files that its TLS is to work with.

#include <sys/stat.h>

#include <string>

#include "absl/time/clock.h"
#include "clients/cli/certificates.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/security/tls.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TlsFilesTest : public ::testing::Test {
 protected:
  TlsFilesTest() { Write(valid_); }

  void Write(const cli::Validity& validity) {
    const cli::KeyPair server = cli::MakeServerPair(authority_, {"localhost"}, validity).value();
    folder_.Write("cert", server.certificate);
    folder_.Write("key", server.key);
    folder_.Write("ca", authority_.certificate);
    ASSERT_EQ(::chmod(files_.key.c_str(), 0600), 0);
  }

  std::string Refusal() { return std::string(CheckTlsFiles(files_, now_).status().message()); }

  const absl::Time now_ = absl::Now();
  const cli::Validity valid_ = {now_ - absl::Hours(1), now_ + absl::Hours(1000)};
  const cli::KeyPair authority_ = cli::MakeAuthority("an authority", valid_).value();
  const TemporaryFolder folder_;
  TlsFiles files_ = {folder_ / "cert", folder_ / "key", folder_ / "ca"};
};

TEST_F(TlsFilesTest, GoodOnesNeedNoWord) {
  EXPECT_THAT(CheckTlsFiles(files_, now_).value(), IsEmpty());
  files_.client_ca.clear();
  EXPECT_THAT(CheckTlsFiles(files_, now_).value(), IsEmpty());
}

TEST_F(TlsFilesTest, ThoseThatBelongTogetherMustBothBeThere) {
  for (const TlsFiles& some : {TlsFiles{files_.certificate, "", ""}, TlsFiles{"", files_.key, ""},
                               TlsFiles{"", "", files_.client_ca}}) {
    EXPECT_TRUE(some.any());
    const absl::Status status = CheckTlsFiles(some, now_).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("both --tls-cert and --tls-key"));
  }
}

TEST_F(TlsFilesTest, AMissingOneIsNamedWithItsFlag) {
  files_.client_ca = folder_ / "none";
  EXPECT_THAT(Refusal(), HasSubstr("--tls-client-ca " + files_.client_ca));
  files_.key = folder_ / "none";
  EXPECT_THAT(Refusal(), HasSubstr("--tls-key " + files_.key));
  files_.certificate = folder_ / "none";
  EXPECT_THAT(Refusal(), HasSubstr("--tls-cert " + files_.certificate));
  EXPECT_TRUE(absl::IsNotFound(CheckTlsFiles(files_, now_).status()));
}

TEST_F(TlsFilesTest, WhatIsNoneIsRefused) {
  folder_.Write("cert", "nonsense");
  EXPECT_THAT(Refusal(), HasSubstr("no certificate in PEM form"));
  files_.certificate = folder_.path();
  EXPECT_THAT(Refusal(), HasSubstr("no plain file"));
}

TEST_F(TlsFilesTest, AKeyOfAnotherCertificateIsRefused) {
  folder_.Write("key", authority_.key);
  EXPECT_THAT(Refusal(), HasSubstr("is not the key of the certificate"));
  folder_.Write("key", authority_.certificate);
  EXPECT_THAT(Refusal(), HasSubstr("no private key in PEM form"));
}

TEST_F(TlsFilesTest, OnesThatExpiredOrSoonWillAreWarnedOf) {
  Write({now_ - absl::Hours(2), now_ - absl::Hours(1)});
  EXPECT_THAT(CheckTlsFiles(files_, now_).value(),
              ElementsAre(HasSubstr("the certificate expired on")));
  Write({now_ - absl::Hours(2), now_ + absl::Hours(1)});
  EXPECT_THAT(CheckTlsFiles(files_, now_).value(),
              ElementsAre(HasSubstr("the certificate expires on")));
  Write({now_ + absl::Hours(1), now_ + absl::Hours(1000)});
  EXPECT_THAT(CheckTlsFiles(files_, now_).value(),
              ElementsAre(HasSubstr("the certificate is valid only from")));
}

TEST_F(TlsFilesTest, AKeyThatOthersCanReadIsWarnedOf) {
  ASSERT_EQ(::chmod(files_.key.c_str(), 0644), 0);
  EXPECT_THAT(CheckTlsFiles(files_, now_).value(), ElementsAre(HasSubstr("chmod 600")));
}

}  // namespace
}  // namespace ipclab
