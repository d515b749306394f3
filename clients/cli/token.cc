#include "clients/cli/token.h"

#include <cstdlib>
#include <fstream>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace ipclab::cli {
namespace {

// The first line of the file; empty when it cannot be read or is no text fit for a header.
std::string ReadToken(const std::string& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  const std::string token(absl::StripAsciiWhitespace(line));
  for (const char c : token) {
    if (!absl::ascii_isgraph(static_cast<unsigned char>(c))) return "";
  }
  return token;
}

std::vector<std::string> DefaultFiles() {
  std::vector<std::string> files;
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  if (state && *state) {
    files.push_back(absl::StrCat(state, "/ipclab/token"));
  } else if (home && *home) {
    files.push_back(absl::StrCat(home, "/.local/state/ipclab/token"));
  }
  files.push_back("/var/lib/ipclab/token");
  return files;
}

}  // namespace

absl::StatusOr<std::string> TokenFor(const ServerAddress& address, const std::string& token_file) {
  if (address.is_unix()) return "";
  if (!token_file.empty()) {
    std::string token = ReadToken(token_file);
    if (!token.empty()) return token;
    return absl::InvalidArgumentError(
        absl::StrCat("--token-file ", token_file, ": no token can be read there"));
  }
  if (!address.is_local()) return "";
  for (const std::string& file : DefaultFiles()) {
    std::string token = ReadToken(file);
    if (!token.empty()) return token;
  }
  return "";
}

}  // namespace ipclab::cli
