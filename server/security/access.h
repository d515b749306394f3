// All that decides who gets in, put together from the flags: tokens, gate and TLS, and the watches
// that take up their files when they change.
//
// Made once at the server's start, after the zygote, since it starts threads. Outlives the rpcs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/security/file_watch.h"
#include "server/security/gate.h"
#include "server/security/tls.h"
#include "server/security/token_list.h"

namespace ipclab {

class Access {
 public:
  struct Settings {
    std::string own_token;  // empty: there is none
    std::string tokens;     // a file; empty: there is none
    TlsFiles tls;
    Limits limits;
  };

  // Any error of the files, saying what to do.
  static absl::StatusOr<std::unique_ptr<Access>> Open(const Settings& settings);

  const Gate& gate() const { return gate_; }

  // For the addresses by TCP; null: plain text.
  const std::shared_ptr<grpc::ServerCredentials>& by_network() const { return by_network_; }

  // What the administrator should know.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  explicit Access(const Settings& settings);
  absl::Status OpenTokens(const std::string& path);
  absl::Status OpenTls(const TlsFiles& files);

  TokenList tokens_;
  const Gate gate_;
  std::shared_ptr<grpc::ServerCredentials> by_network_;
  std::vector<std::string> warnings_;
  std::optional<FileWatch> tokens_watch_;
  std::optional<FileWatch> tls_watch_;
};

}  // namespace ipclab
