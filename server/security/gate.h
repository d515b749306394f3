// Who may call what, and how often: the one check at the head of every rpc.
//
// Callers on a Unix socket, or on a connection that the server was handed, have passed the mode of
// its folder: they are "local", an ADMIN. Callers by TCP must bring a token, or every local user
// could launch processes. A client certificate may carry a role (a URI "ipclab://roles/viewer"
// among its alternative names): then a caller may do only what certificate and token both permit.
//
// Thread safe; never blocks.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/support/server_callback.h"
#include "ipclab/v1/system.pb.h"
#include "server/limits.h"
#include "server/security/rate_limit.h"
#include "server/security/token_list.h"

namespace ipclab {

class Gate {
 public:
  // The limits are those on the rate of creations.
  Gate(const TokenList& tokens, const Limits& limits);

  // The caller, if they may call this method ("CreateExperiment") now. UNAUTHENTICATED with
  // TOKEN_MISSING or TOKEN_WRONG, PERMISSION_DENIED with ROLE_TOO_LOW, RESOURCE_EXHAUSTED: each
  // saying what to do.
  absl::StatusOr<v1::Principal> Check(const grpc::ServerContextBase& context,
                                      std::string_view method) const;

 private:
  const TokenList& tokens_;
  const Limits limits_;
  mutable RateLimit creates_;
};

// PERMISSION_DENIED with ROLE_TOO_LOW unless the principal has the role: for what depends on the
// request too. act completes "... needs the role admin": "listing what others made".
absl::Status CheckRole(const v1::Principal& principal, v1::Principal::Role needed,
                       std::string_view act);

// The role that a certificate's URI names: the lowest of all that begin with "ipclab://roles/",
// ROLE_UNSPECIFIED if one of them names none. ADMIN when there is no such URI.
v1::Principal::Role RoleOfUris(const std::vector<std::string>& uris);

}  // namespace ipclab
