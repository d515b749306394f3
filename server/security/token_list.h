// The tokens that let clients in over TCP: the server's own, and those of a file that its
// administrator may change while the server runs.
//
// The file has a line "ROLE NAME TOKEN" for each: "viewer grafana 5f0c...". ROLE is viewer,
// operator or admin; NAME is what GetServerInfo and the quotas call the client; TOKEN is 16
// characters or more, `openssl rand -hex 32` makes one. Empty lines and what follows a "#" at a
// line's start do not count.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ipclab/v1/system.pb.h"

namespace ipclab {

struct TokenEntry {
  std::string token;
  std::string name;
  v1::Principal::Role role;
  bool operator==(const TokenEntry&) const = default;
};

// The lines of text. INVALID_ARGUMENT that names every bad line, and never a token.
absl::StatusOr<std::vector<TokenEntry>> ParseTokenList(std::string_view text);

// Reads the file. NOT_FOUND; PERMISSION_DENIED, saying what to do, when others can read it;
// INVALID_ARGUMENT as above.
absl::StatusOr<std::vector<TokenEntry>> ReadTokenList(const std::string& path);

// Thread safe. Never blocks on anything but the memory of the list.
class TokenList {
 public:
  // The name of whoever brings the server's own token.
  static constexpr char kOwner[] = "owner";

  // own_token is an ADMIN's; empty: there is none.
  explicit TokenList(std::string own_token);

  // Replaces all but the server's own.
  void Set(std::vector<TokenEntry> entries);

  // Whose token this is. Takes as long for a wrong one as for a right one.
  std::optional<v1::Principal> Find(std::string_view token) const;

 private:
  using Entries = std::vector<TokenEntry>;
  std::shared_ptr<const Entries> entries() const;

  const std::string own_token_;
  mutable std::mutex mutex_;  // guards entries_
  std::shared_ptr<const Entries> entries_;
};

}  // namespace ipclab
