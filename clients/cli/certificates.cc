#include "clients/cli/certificates.h"

#include <arpa/inet.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace ipclab::cli {
namespace {

constexpr size_t kMostCommonName = 64;  // X.509's own limit

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* thing) const {
    Free(thing);
  }
};
using UniqueCertificate = std::unique_ptr<X509, Freed<&X509_free>>;
using UniqueKey = std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>;
using UniqueBio = std::unique_ptr<BIO, Freed<&BIO_free>>;
using UniqueNumber = std::unique_ptr<BIGNUM, Freed<&BN_free>>;
using UniqueExtension = std::unique_ptr<X509_EXTENSION, Freed<&X509_EXTENSION_free>>;

// Of the step that failed, with OpenSSL's own words.
absl::Status Failed(const char* act) {
  std::string reason(256, '\0');
  ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
  ERR_clear_error();
  return absl::InternalError(absl::StrCat("cannot ", act, ": ", reason.c_str()));
}

struct Extension {
  int nid;
  std::string value;
};

// What distinguishes one certificate from another.
struct Request {
  std::string common_name;
  Validity validity;
  std::vector<Extension> extensions;
};

std::string Contents(BIO* memory) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(memory, &data);  // NOLINT(google-runtime-int): OpenSSL's
  return {data, static_cast<size_t>(length)};
}

absl::StatusOr<UniqueCertificate> ReadCertificate(const std::string& pem) {
  const UniqueBio memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  UniqueCertificate certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  if (!certificate) return Failed("read the certificate");
  return certificate;
}

// OpenSSL would ask the terminal for a passphrase.
int NoPassphrase(char*, int, int, void*) { return -1; }

absl::StatusOr<UniqueKey> ReadKey(const std::string& pem) {
  const UniqueBio memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  UniqueKey key(PEM_read_bio_PrivateKey(memory.get(), nullptr, &NoPassphrase, nullptr));
  if (!key) return Failed("read the key");
  return key;
}

absl::Status SetSerial(X509* certificate) {
  constexpr int kBits = 127;  // positive, and nobody guesses it
  const UniqueNumber number(BN_new());
  if (!number || BN_rand(number.get(), kBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) != 1 ||
      BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) == nullptr) {
    return Failed("number the certificate");
  }
  return absl::OkStatus();
}

absl::Status SetTimes(X509* certificate, const Validity& validity) {
  if (ASN1_TIME_set(X509_getm_notBefore(certificate), absl::ToTimeT(validity.from)) == nullptr ||
      ASN1_TIME_set(X509_getm_notAfter(certificate), absl::ToTimeT(validity.until)) == nullptr) {
    return Failed("date the certificate");
  }
  return absl::OkStatus();
}

absl::Status SetName(X509* certificate, const std::string& common_name) {
  const auto* const text = reinterpret_cast<const unsigned char*>(common_name.data());
  if (X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate), NID_commonName, MBSTRING_UTF8,
                                 text, static_cast<int>(common_name.size()), -1, 0) != 1) {
    return Failed("name the certificate");
  }
  return absl::OkStatus();
}

absl::Status AddExtensions(X509* certificate, X509* issuer, const Request& request) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  for (const Extension& each : request.extensions) {
    const UniqueExtension extension(
        X509V3_EXT_conf_nid(nullptr, &context, each.nid, each.value.c_str()));
    if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) {
      return Failed(OBJ_nid2ln(each.nid));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<KeyPair> ToPem(X509* certificate, EVP_PKEY* key) {
  const UniqueBio certificate_text(BIO_new(BIO_s_mem()));
  const UniqueBio key_text(BIO_new(BIO_s_mem()));
  if (!certificate_text || !key_text ||
      PEM_write_bio_X509(certificate_text.get(), certificate) != 1 ||
      PEM_write_bio_PrivateKey(key_text.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return Failed("write the certificate");
  }
  return KeyPair{Contents(certificate_text.get()), Contents(key_text.get())};
}

// Signed by the authority, or by itself when there is none.
absl::StatusOr<KeyPair> Make(const KeyPair* authority, const Request& request) {
  const UniqueKey key(EVP_EC_gen("P-256"));
  const UniqueCertificate certificate(X509_new());
  if (!key || !certificate) return Failed("make a key");
  UniqueCertificate issuer;
  UniqueKey issuer_key;
  if (authority != nullptr) {
    auto read = ReadCertificate(authority->certificate);
    if (!read.ok()) return read.status();
    auto read_key = ReadKey(authority->key);
    if (!read_key.ok()) return read_key.status();
    issuer = *std::move(read);
    issuer_key = *std::move(read_key);
  }
  X509* const signer = issuer ? issuer.get() : certificate.get();
  X509_set_version(certificate.get(), X509_VERSION_3);
  X509_set_pubkey(certificate.get(), key.get());
  for (const absl::Status& status :
       {SetSerial(certificate.get()), SetTimes(certificate.get(), request.validity),
        SetName(certificate.get(), request.common_name)}) {
    if (!status.ok()) return status;
  }
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
  if (absl::Status status = AddExtensions(certificate.get(), signer, request); !status.ok()) {
    return status;
  }
  if (X509_sign(certificate.get(), issuer_key ? issuer_key.get() : key.get(), EVP_sha256()) == 0) {
    return Failed("sign the certificate");
  }
  return ToPem(certificate.get(), key.get());
}

bool IsAddress(const std::string& text) {
  in6_addr bytes;
  return ::inet_pton(AF_INET, text.c_str(), &bytes) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &bytes) == 1;
}

bool IsHostCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_';
}

// Of what an authority has signed: not an authority itself.
std::vector<Extension> LeafExtensions(const char* purpose, const std::string& alternative_names) {
  std::vector<Extension> extensions = {{NID_basic_constraints, "critical,CA:FALSE"},
                                       {NID_key_usage, "critical,digitalSignature"},
                                       {NID_ext_key_usage, purpose},
                                       {NID_subject_key_identifier, "hash"},
                                       {NID_authority_key_identifier, "keyid"}};
  if (!alternative_names.empty()) {
    extensions.push_back({NID_subject_alt_name, alternative_names});
  }
  return extensions;
}

std::string CommonName(const std::string& name) { return name.substr(0, kMostCommonName); }

}  // namespace

absl::StatusOr<KeyPair> MakeAuthority(const std::string& name, const Validity& validity) {
  return Make(nullptr, {.common_name = CommonName(name),
                        .validity = validity,
                        .extensions = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                                       {NID_key_usage, "critical,keyCertSign,cRLSign"},
                                       {NID_subject_key_identifier, "hash"}}});
}

absl::StatusOr<KeyPair> MakeServerPair(const KeyPair& authority,
                                       const std::vector<std::string>& hosts,
                                       const Validity& validity) {
  const std::string names =
      absl::StrJoin(hosts, ",", [](std::string* out, const std::string& host) {
        absl::StrAppend(out, IsAddress(host) ? "IP:" : "DNS:", host);
      });
  return Make(&authority, {.common_name = CommonName(hosts.front()),
                           .validity = validity,
                           .extensions = LeafExtensions("serverAuth", names)});
}

absl::StatusOr<KeyPair> MakeClientPair(const KeyPair& authority, const std::string& name,
                                       const std::string& role, const Validity& validity) {
  const std::string names = role.empty() ? "" : absl::StrCat("URI:", kRoleUri, role);
  return Make(&authority, {.common_name = CommonName(name),
                           .validity = validity,
                           .extensions = LeafExtensions("clientAuth", names)});
}

bool IsKey(const std::string& pem) {
  const bool read = ReadKey(pem).ok();
  ERR_clear_error();
  return read;
}

absl::Status CheckPair(const KeyPair& pair, absl::Time now) {
  const auto certificate = ReadCertificate(pair.certificate);
  if (!certificate.ok()) return absl::InvalidArgumentError("there is no certificate in it");
  const auto key = ReadKey(pair.key);
  if (!key.ok()) {
    return absl::InvalidArgumentError("its key cannot be read, or has a passphrase");
  }
  if (X509_check_private_key(certificate->get(), key->get()) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError("the key is that of another certificate");
  }
  std::time_t seconds = absl::ToTimeT(now);
  if (X509_cmp_time(X509_get0_notAfter(certificate->get()), &seconds) < 0) {
    return absl::InvalidArgumentError("the certificate has expired");
  }
  if (X509_cmp_time(X509_get0_notBefore(certificate->get()), &seconds) > 0) {
    return absl::InvalidArgumentError("the certificate is not valid yet");
  }
  return absl::OkStatus();
}

bool IsHost(const std::string& text) {
  if (IsAddress(text)) return true;
  constexpr size_t kMostName = 253;
  return !text.empty() && text.size() <= kMostName && text.front() != '.' && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), IsHostCharacter);
}

}  // namespace ipclab::cli
