#include "clients/cli/certificate_facts.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <memory>

#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "clients/cli/certificates.h"

namespace ipclab::cli {
namespace {

absl::string_view Bytes(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<size_t>(ASN1_STRING_length(text))};
}

// "10.0.0.1" or "::1"; empty for what is no address.
std::string AddressText(const ASN1_OCTET_STRING* address) {
  const absl::string_view bytes = Bytes(address);
  const int family = bytes.size() == sizeof(in_addr) ? AF_INET : AF_INET6;
  if (family == AF_INET6 && bytes.size() != sizeof(in6_addr)) return "";
  std::array<char, INET6_ADDRSTRLEN> text = {};
  return ::inet_ntop(family, bytes.data(), text.data(), text.size()) ? text.data() : "";
}

void AddName(const GENERAL_NAME& name, CertificateFacts& facts) {
  if (name.type == GEN_DNS) facts.hosts.emplace_back(Bytes(name.d.dNSName));
  if (name.type == GEN_IPADD) facts.hosts.push_back(AddressText(name.d.iPAddress));
  if (name.type == GEN_URI) {
    absl::string_view uri = Bytes(name.d.uniformResourceIdentifier);
    if (absl::ConsumePrefix(&uri, kRoleUri)) facts.role = std::string(uri);
  }
}

}  // namespace

absl::StatusOr<CertificateFacts> ReadCertificateFacts(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr), &X509_free);
  std::tm until = {};
  if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &until) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError("there is no certificate in it");
  }
  CertificateFacts facts;
  facts.until = absl::FromTM(until, absl::UTCTimeZone());
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)),
      &GENERAL_NAMES_free);
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {  // -1 when there are none
    AddName(*sk_GENERAL_NAME_value(names.get(), i), facts);
  }
  return facts;
}

}  // namespace ipclab::cli
