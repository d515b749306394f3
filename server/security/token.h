// The bearer token that lets a client in over TCP: made once, kept in a file of mode 0600 in the
// state folder, compared in constant time.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ipclab {

// 32 random bytes as 64 hexadecimal digits.
absl::StatusOr<std::string> MakeToken();

// Reads the file. NOT_FOUND when there is none; PERMISSION_DENIED, saying what to do, when others
// can read it or it is not ours; FAILED_PRECONDITION when it does not hold a token.
absl::StatusOr<std::string> ReadToken(const std::string& path);

// Writes a new file that holds the token. Whoever sees it sees all of it, after a crash too. Two
// callers at once are the caller's matter: hold the state folder's lock.
absl::Status WriteToken(const std::string& path, std::string_view token);

// What ReadToken says, or a new token, written, when there is no file.
absl::StatusOr<std::string> LoadOrMakeToken(const std::string& path);

// Takes as long for a first difference at the start as at the end. Only the length shows.
bool ConstantTimeEquals(std::string_view a, std::string_view b);

}  // namespace ipclab
