#include "server/rpc/gate.h"

#include <string_view>

#include "absl/strings/match.h"
#include "grpcpp/server_context.h"
#include "server/errors.h"
#include "server/token.h"

namespace ipclab {

absl::Status Gate::Check(const grpc::CallbackServerContext& context) const {
  const std::string peer = context.peer();
  // "unix:", or "fd:" of a socket that this server was handed at its start.
  const bool by_network = absl::StartsWith(peer, "ipv4:") || absl::StartsWith(peer, "ipv6:");
  if (!by_network) return absl::OkStatus();
  constexpr std::string_view kScheme = "Bearer ";
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find("authorization");
  if (found != metadata.end() && !token_.empty()) {
    const std::string_view value(found->second.data(), found->second.size());
    if (value.substr(0, kScheme.size()) == kScheme &&
        ConstantTimeEquals(value.substr(kScheme.size()), token_)) {
      return absl::OkStatus();
    }
  }
  return ErrorWithReason(
      absl::StatusCode::kUnauthenticated, found == metadata.end() ? "TOKEN_MISSING" : "TOKEN_WRONG",
      "calls by TCP need the metadata \"authorization: Bearer <token>\"; the token is in the file "
      "\"token\" of the server's state folder");
}

}  // namespace ipclab
