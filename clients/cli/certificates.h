// Certificates for development: an authority of one's own, and what it signs. EC P-256, PEM.
//
// Values only, no files; any thread. For a service that others depend on, use a real authority.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace ipclab::cli {

// A certificate and the key that belongs to it.
struct KeyPair {
  std::string certificate;
  std::string key;
};

// What a role in a certificate begins with, as the server reads it.
inline constexpr char kRoleUri[] = "ipclab://roles/";

struct Validity {
  absl::Time from;
  absl::Time until;
};

// An authority that signs for servers and clients. Its certificate is what these trust.
absl::StatusOr<KeyPair> MakeAuthority(const std::string& name, const Validity& validity);

// A server's, good for these names and addresses ("localhost", "::1"), one at least.
absl::StatusOr<KeyPair> MakeServerPair(const KeyPair& authority,
                                       const std::vector<std::string>& hosts,
                                       const Validity& validity);

// A client's. The role ("viewer") is in it as the URI ipclab://roles/viewer; empty: no role, and
// the token alone decides.
absl::StatusOr<KeyPair> MakeClientPair(const KeyPair& authority, const std::string& name,
                                       const std::string& role, const Validity& validity);

// True for a private key in PEM form without a passphrase.
bool IsKey(const std::string& pem);

// INVALID_ARGUMENT, saying what is wrong, when the key is not that of the certificate, or one of
// them is none, or the certificate is not valid now.
absl::Status CheckPair(const KeyPair& pair, absl::Time now);

// True for "lab.example", "10.0.0.1" and "::1": what a certificate can name.
bool IsHost(const std::string& text);

}  // namespace ipclab::cli
