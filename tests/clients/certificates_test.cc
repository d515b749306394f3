#include "clients/cli/certificates.h"

#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;

const Validity kValid = {absl::Now() - absl::Hours(1), absl::Now() + absl::Hours(1)};

std::shared_ptr<X509> Parse(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  return {PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr), &X509_free};
}

// What OpenSSL makes of the certificate for this purpose ("sslserver"): X509_V_OK or its error.
int Verify(const KeyPair& authority, const KeyPair& leaf, int purpose) {
  const auto root = Parse(authority.certificate);
  const auto certificate = Parse(leaf.certificate);
  const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store(X509_STORE_new(),
                                                                      &X509_STORE_free);
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> context(
      X509_STORE_CTX_new(), &X509_STORE_CTX_free);
  X509_STORE_add_cert(store.get(), root.get());
  X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), nullptr);
  X509_STORE_CTX_set_purpose(context.get(), purpose);
  X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_X509_STRICT);
  X509_verify_cert(context.get());
  return X509_STORE_CTX_get_error(context.get());
}

class CertificatesTest : public ::testing::Test {
 protected:
  const KeyPair authority_ = MakeAuthority("an authority", kValid).value();
};

TEST_F(CertificatesTest, AServersIsGoodForItsNamesAndAddresses) {
  const KeyPair server =
      MakeServerPair(authority_, {"localhost", "127.0.0.1", "::1", "lab.example"}, kValid).value();
  EXPECT_EQ(Verify(authority_, server, X509_PURPOSE_SSL_SERVER), X509_V_OK);
  const auto certificate = Parse(server.certificate);
  for (const char* host : {"localhost", "lab.example"}) {
    EXPECT_EQ(X509_check_host(certificate.get(), host, 0, 0, nullptr), 1) << host;
  }
  for (const char* address : {"127.0.0.1", "::1"}) {
    EXPECT_EQ(X509_check_ip_asc(certificate.get(), address, 0), 1) << address;
  }
  EXPECT_EQ(X509_check_host(certificate.get(), "other.example", 0, 0, nullptr), 0);
}

TEST_F(CertificatesTest, AClientsCarriesItsRole) {
  const KeyPair client = MakeClientPair(authority_, "grafana", "viewer", kValid).value();
  EXPECT_EQ(Verify(authority_, client, X509_PURPOSE_SSL_CLIENT), X509_V_OK);
  const auto certificate = Parse(client.certificate);
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)),
      &GENERAL_NAMES_free);
  ASSERT_EQ(sk_GENERAL_NAME_num(names.get()), 1);
  const auto* const uri = sk_GENERAL_NAME_value(names.get(), 0)->d.uniformResourceIdentifier;
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                        static_cast<size_t>(ASN1_STRING_length(uri))),
            "ipclab://roles/viewer");
}

TEST_F(CertificatesTest, NeitherIsGoodForWhatTheOtherIs) {
  const KeyPair server = MakeServerPair(authority_, {"localhost"}, kValid).value();
  const KeyPair client = MakeClientPair(authority_, "a", "", kValid).value();
  EXPECT_EQ(Verify(authority_, server, X509_PURPOSE_SSL_CLIENT), X509_V_ERR_INVALID_PURPOSE);
  EXPECT_EQ(Verify(authority_, client, X509_PURPOSE_SSL_SERVER), X509_V_ERR_INVALID_PURPOSE);
}

TEST_F(CertificatesTest, WhatAnotherAuthorityOrALeafSignedIsWorthNothing) {
  const KeyPair other = MakeAuthority("an authority", kValid).value();
  EXPECT_NE(
      Verify(authority_, MakeClientPair(other, "a", "", kValid).value(), X509_PURPOSE_SSL_CLIENT),
      X509_V_OK);
  const KeyPair leaf = MakeClientPair(authority_, "a", "", kValid).value();
  EXPECT_NE(
      Verify(leaf, MakeClientPair(leaf, "b", "admin", kValid).value(), X509_PURPOSE_SSL_CLIENT),
      X509_V_OK);
}

TEST_F(CertificatesTest, IsNoGoodBeforeAndAfterItsTime) {
  const absl::Time now = absl::Now();
  const Validity past = {now - absl::Hours(2), now - absl::Hours(1)};
  const Validity future = {now + absl::Hours(1), now + absl::Hours(2)};
  EXPECT_EQ(Verify(authority_, MakeClientPair(authority_, "a", "", past).value(),
                   X509_PURPOSE_SSL_CLIENT),
            X509_V_ERR_CERT_HAS_EXPIRED);
  EXPECT_EQ(Verify(authority_, MakeClientPair(authority_, "a", "", future).value(),
                   X509_PURPOSE_SSL_CLIENT),
            X509_V_ERR_CERT_NOT_YET_VALID);
}

TEST_F(CertificatesTest, APairIsCheckedBeforeItIsShown) {
  const absl::Time now = absl::Now();
  const KeyPair good = MakeClientPair(authority_, "a", "", kValid).value();
  EXPECT_TRUE(CheckPair(good, now).ok());
  const auto refusal = [](const KeyPair& pair, absl::Time time) {
    return std::string(CheckPair(pair, time).message());
  };
  EXPECT_THAT(refusal(good, now + absl::Hours(2)), HasSubstr("expired"));
  EXPECT_THAT(refusal(good, now - absl::Hours(2)), HasSubstr("not valid yet"));
  EXPECT_THAT(refusal({good.certificate, authority_.key}, now), HasSubstr("another certificate"));
  EXPECT_THAT(refusal({good.key, good.key}, now), HasSubstr("no certificate"));
  EXPECT_THAT(refusal({good.certificate, good.certificate}, now), HasSubstr("key cannot be read"));
}

TEST_F(CertificatesTest, AnAuthorityThatIsNoneIsAnError) {
  EXPECT_FALSE(MakeServerPair({"nonsense", "nonsense"}, {"localhost"}, kValid).ok());
}

TEST(IsHostTest, TakesNamesAndAddressesAndNothingThatOpenSslWouldReadOtherwise) {
  for (const char* host : {"localhost", "lab.example", "10.0.0.1", "::1", "fe80::1", "my_host"}) {
    EXPECT_TRUE(IsHost(host)) << host;
  }
  for (const char* text : {"", "a,DNS:b", "a b", "-a", ".", "a:b", "[::1]", "*"}) {
    EXPECT_FALSE(IsHost(text)) << text;
  }
}

}  // namespace
}  // namespace ipclab::cli
