#include "server/security/gate.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpc/grpc_security_constants.h"
#include "grpcpp/server_context.h"
#include "server/errors.h"
#include "server/security/roles.h"

namespace ipclab {
namespace {

constexpr char kHowToAuthenticate[] =
    "calls by TCP need the metadata \"authorization: Bearer TOKEN\"; the server's own token is in "
    "the file \"token\" of its state folder, others are in the file of --tokens";

absl::StatusOr<v1::Principal> ByToken(const grpc::ServerContextBase& context,
                                      const TokenList& tokens) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find("authorization");
  if (found == metadata.end()) {
    return ErrorWithReason(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING",
                           absl::StrCat("the call brings no token: ", kHowToAuthenticate));
  }
  const std::string_view value(found->second.data(), found->second.size());
  if (value.substr(0, kScheme.size()) == kScheme) {
    auto principal = tokens.Find(value.substr(kScheme.size()));
    if (principal) return *std::move(principal);
  }
  return ErrorWithReason(absl::StatusCode::kUnauthenticated, "TOKEN_WRONG",
                         absl::StrCat("the server does not know this token: ", kHowToAuthenticate));
}

// gRPC tells of certificates only that it has verified against the file of --tls-client-ca.
Role RoleOfCertificate(const grpc::ServerContextBase& context) {
  std::vector<std::string> uris;
  if (const auto auth = context.auth_context()) {
    for (const grpc::string_ref& uri : auth->FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME)) {
      uris.emplace_back(uri.data(), uri.size());
    }
  }
  return RoleOfUris(uris);
}

v1::Principal Local() {
  v1::Principal principal;
  principal.set_name("local");
  principal.set_role(v1::Principal::ADMIN);
  return principal;
}

}  // namespace

Gate::Gate(const TokenList& tokens, const Limits& limits)
    : tokens_(tokens), limits_(limits), creates_(limits.creates_per_second, limits.create_burst) {}

absl::StatusOr<v1::Principal> Gate::Check(const grpc::ServerContextBase& context,
                                          std::string_view method) const {
  const std::string peer = context.peer();
  // "fd:" is of a socket that this server was handed at its start. Whatever else there may be needs
  // a token.
  const bool by_network = !absl::StartsWith(peer, "unix:") && !absl::StartsWith(peer, "fd:");
  absl::StatusOr<v1::Principal> principal = by_network ? ByToken(context, tokens_) : Local();
  if (!principal.ok()) return principal;
  if (by_network) principal->set_role(std::min(principal->role(), RoleOfCertificate(context)));
  if (absl::Status status = CheckRole(*principal, RoleNeeded(method), method); !status.ok()) {
    return status;
  }
  if (method != "CreateExperiment") return principal;
  const absl::Duration wait = creates_.Take(principal->name(), absl::Now());
  if (wait == absl::ZeroDuration()) return principal;
  return QuotaExceeded(absl::StrCat("creates of ", principal->name()),
                       absl::StrCat(principal->name(), " creates too fast: at most ",
                                    limits_.creates_per_second, " experiments a second, and ",
                                    limits_.create_burst, " at once after a quiet time"),
                       wait);
}

absl::Status CheckRole(const v1::Principal& principal, Role needed, std::string_view act) {
  if (principal.role() >= needed) return absl::OkStatus();
  const std::string actual =
      principal.role() == v1::Principal::ROLE_UNSPECIFIED ? "none" : RoleWord(principal.role());
  return ErrorWithReason(
      absl::StatusCode::kPermissionDenied, "ROLE_TOO_LOW",
      absl::StrCat(
          std::string(act), " needs the role ", RoleWord(needed), ", and ", principal.name(),
          " has the role ", actual,
          ": use a token, and a client certificate if there is one, that permit it, or ask "
          "the server's administrator"),
      {{"needed", RoleWord(needed)}, {"actual", actual}, {"principal", principal.name()}});
}

Role RoleOfUris(const std::vector<std::string>& uris) {
  constexpr std::string_view kPrefix = "ipclab://roles/";
  Role role = v1::Principal::ADMIN;
  for (const std::string_view uri : uris) {
    if (uri.substr(0, kPrefix.size()) == kPrefix) {
      role = std::min(role, RoleOfWord(uri.substr(kPrefix.size())));
    }
  }
  return role;
}

}  // namespace ipclab
