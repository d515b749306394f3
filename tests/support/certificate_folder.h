// Certificates in files, for tests of TLS: two authorities, of which a server trusts the first.
#pragma once

#include <sys/stat.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "clients/cli/certificates.h"
#include "grpcpp/security/credentials.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {

class CertificateFolder {
 public:
  CertificateFolder() {
    Put("ca.pem", authority.certificate);
    PutServer(authority);
  }

  // "server.pem" and "server.key", each in one move, as a running server wants them replaced.
  void PutServer(const cli::KeyPair& signer) const {
    const cli::KeyPair server =
        cli::MakeServerPair(signer, {"localhost", "127.0.0.1"}, valid).value();
    Put("server.key", server.key);
    Put("server.pem", server.certificate);
  }

  void Put(const std::string& name, const std::string& text) const {
    folder_.Write("new", text);
    EXPECT_EQ(::chmod((folder_ / "new").c_str(), 0600), 0);
    EXPECT_EQ(::rename((folder_ / "new").c_str(), (folder_ / name).c_str()), 0);
  }

  std::string operator/(const std::string& name) const { return folder_ / name; }

  cli::KeyPair Client(const std::string& role = "") const {
    return cli::MakeClientPair(authority, "client", role, valid).value();
  }

  std::vector<std::string> Flags(bool clients_need_one) const {
    std::vector<std::string> flags = {"--tls-cert", *this / "server.pem", "--tls-key",
                                      *this / "server.key"};
    if (clients_need_one) flags.insert(flags.end(), {"--tls-client-ca", *this / "ca.pem"});
    return flags;
  }

  const cli::Validity valid = {absl::Now() - absl::Hours(1), absl::Now() + absl::Hours(1000)};
  const cli::Validity past = {absl::Now() - absl::Hours(2), absl::Now() - absl::Hours(1)};
  const cli::KeyPair authority = cli::MakeAuthority("of the lab", valid).value();
  const cli::KeyPair stranger = cli::MakeAuthority("of somebody else", valid).value();

 private:
  const TemporaryFolder folder_;
};

// Of a client that trusts the authority and shows this certificate, if any.
inline std::shared_ptr<grpc::ChannelCredentials> TlsCredentials(const cli::KeyPair& authority,
                                                                const cli::KeyPair& own = {}) {
  return grpc::SslCredentials({.pem_root_certs = authority.certificate,
                               .pem_private_key = own.key,
                               .pem_cert_chain = own.certificate});
}

}  // namespace ipclab
