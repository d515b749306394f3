#include "server/security/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <ctime>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/errno_status.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"

namespace ipclab {
namespace {

constexpr unsigned int kRefreshSeconds = 1;
constexpr absl::Duration kSoon = absl::Hours(7 * 24);

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* thing) const {
    Free(thing);
  }
};
using UniqueFile = std::unique_ptr<FILE, Freed<&fclose>>;
using UniqueCertificate = std::unique_ptr<X509, Freed<&X509_free>>;
using UniqueKey = std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>;

// OpenSSL would ask the terminal for a passphrase.
int NoPassphrase(char*, int, int, void*) { return -1; }

absl::StatusOr<UniqueFile> Open(const char* flag, const std::string& path) {
  // CLOEXEC.
  UniqueFile file(std::fopen(path.c_str(), "re"));
  if (!file) return ErrnoStatus(flag, path);
  struct stat info;
  if (fstat(fileno(file.get()), &info) != 0) return ErrnoStatus(flag, path);
  if (S_ISREG(info.st_mode)) return file;
  return absl::InvalidArgumentError(absl::StrCat(flag, " ", path, ": is no plain file"));
}

absl::StatusOr<UniqueCertificate> ReadCertificate(const char* flag, const std::string& path) {
  auto file = Open(flag, path);
  if (!file.ok()) return file.status();
  UniqueCertificate certificate(PEM_read_X509(file->get(), nullptr, &NoPassphrase, nullptr));
  ERR_clear_error();
  if (certificate) return certificate;
  return absl::InvalidArgumentError(
      absl::StrCat(flag, " ", path, ": there is no certificate in PEM form in it"));
}

absl::StatusOr<UniqueKey> ReadKey(const char* flag, const std::string& path) {
  auto file = Open(flag, path);
  if (!file.ok()) return file.status();
  UniqueKey key(PEM_read_PrivateKey(file->get(), nullptr, &NoPassphrase, nullptr));
  ERR_clear_error();
  if (key) return key;
  return absl::InvalidArgumentError(
      absl::StrCat(flag, " ", path,
                   ": there is no private key in PEM form in it, or it has a passphrase, which "
                   "nobody would be there to type: openssl pkey -in KEY -out KEY-WITHOUT"));
}

absl::Time ToTime(const ASN1_TIME* time) {
  std::tm fields{};
  if (ASN1_TIME_to_tm(time, &fields) != 1) return absl::InfinitePast();
  return absl::FromTimeT(timegm(&fields));
}

// Empty when the certificate is good for a while.
std::string ValidityWarning(const char* flag, const std::string& path, const X509* certificate,
                            absl::Time now) {
  const absl::Time from = ToTime(X509_get0_notBefore(certificate));
  const absl::Time until = ToTime(X509_get0_notAfter(certificate));
  const auto text = [](absl::Time time) {
    return absl::FormatTime("%Y-%m-%d %H:%M UTC", time, absl::UTCTimeZone());
  };
  const std::string subject = absl::StrCat(flag, " ", path, ": the certificate ");
  constexpr char kRenew[] = "; a new one takes effect without a restart";
  if (now < from) return absl::StrCat(subject, "is valid only from ", text(from));
  if (now > until) return absl::StrCat(subject, "expired on ", text(until), kRenew);
  if (until - now < kSoon) return absl::StrCat(subject, "expires on ", text(until), kRenew);
  return "";
}

std::string ModeWarning(const char* flag, const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0 || (info.st_mode & 077) == 0) return "";
  return absl::StrFormat("%s %s: others can read the key (mode %04o); chmod 600 it", flag, path,
                         info.st_mode & 07777);
}

absl::Status CheckComplete(const TlsFiles& files) {
  if (!files.certificate.empty() && !files.key.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "TLS needs both --tls-cert and --tls-key, and --tls-client-ca goes with them; `ipclab certs` "
      "makes all three for development");
}

}  // namespace

absl::StatusOr<std::vector<std::string>> CheckTlsFiles(const TlsFiles& files, absl::Time now) {
  if (absl::Status status = CheckComplete(files); !status.ok()) return status;
  const auto certificate = ReadCertificate("--tls-cert", files.certificate);
  if (!certificate.ok()) return certificate.status();
  const auto key = ReadKey("--tls-key", files.key);
  if (!key.ok()) return key.status();
  if (X509_check_private_key(certificate->get(), key->get()) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError(absl::StrCat("--tls-key ", files.key,
                                                   " is not the key of the certificate in "
                                                   "--tls-cert ",
                                                   files.certificate));
  }
  std::vector<std::string> warnings = {
      ValidityWarning("--tls-cert", files.certificate, certificate->get(), now),
      ModeWarning("--tls-key", files.key)};
  if (!files.client_ca.empty()) {
    const auto authority = ReadCertificate("--tls-client-ca", files.client_ca);
    if (!authority.ok()) return authority.status();
    warnings.push_back(ValidityWarning("--tls-client-ca", files.client_ca, authority->get(), now));
  }
  std::erase(warnings, "");
  return warnings;
}

std::shared_ptr<grpc::ServerCredentials> MakeTlsCredentials(const TlsFiles& files) {
  namespace tls = grpc::experimental;
  tls::TlsServerCredentialsOptions options(std::make_shared<tls::FileWatcherCertificateProvider>(
      files.key, files.certificate, files.client_ca, kRefreshSeconds));
  options.watch_identity_key_cert_pairs();
  if (files.client_ca.empty()) {
    options.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  } else {
    options.watch_root_certs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return tls::TlsServerCredentials(options);
}

}  // namespace ipclab
