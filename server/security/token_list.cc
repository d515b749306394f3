#include "server/security/token_list.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/errno_status.h"
#include "common/unique_fd.h"
#include "server/security/roles.h"
#include "server/security/token.h"

namespace ipclab {
namespace {

constexpr size_t kMaxFileBytes = 64 << 10;
constexpr size_t kMaxEntries = 256;  // each is compared at each call
constexpr size_t kMaxMistakes = 8;
constexpr size_t kLeastToken = 16;
constexpr size_t kMostToken = 512;
constexpr size_t kMostName = 63;

bool IsNameCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
}

bool IsTokenCharacter(char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); }

// What is wrong with a line; empty when nothing is.
std::string Mistake(const std::vector<std::string>& words, const std::set<std::string>& names) {
  if (words.size() != 3) return "must be ROLE NAME TOKEN";
  const std::string& name = words[1];
  const std::string& token = words[2];
  if (RoleOfWord(words[0]) == v1::Principal::ROLE_UNSPECIFIED) {
    return "the role must be viewer, operator or admin";
  }
  if (name.size() > kMostName || !std::all_of(name.begin(), name.end(), IsNameCharacter)) {
    return "the name must be 1 to 63 characters of a-z, A-Z, 0-9, \"-\", \"_\" and \".\"";
  }
  if (name == "local" || name == TokenList::kOwner) return "the name is the server's own";
  if (names.contains(name)) return "the name was used above";
  if (token.size() < kLeastToken || token.size() > kMostToken ||
      !std::all_of(token.begin(), token.end(), IsTokenCharacter)) {
    return "the token must be 16 to 512 printable ASCII characters; make one with `openssl rand "
           "-hex 32`";
  }
  return "";
}

absl::Status CheckPrivate(int file, const std::string& path) {
  struct stat status;
  if (::fstat(file, &status) != 0) return ErrnoStatus("fstat", path);
  if (!S_ISREG(status.st_mode)) {
    return absl::PermissionDeniedError(absl::StrCat("the token file ", path, " is no plain file"));
  }
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return absl::PermissionDeniedError(absl::StrCat("the token file ", path, " belongs to user ",
                                                    status.st_uid, ", who could change it: chown ",
                                                    ::geteuid(), " ", path));
  }
  // Root's file may be shown to the server by its group.
  const mode_t others = status.st_uid == ::geteuid() ? 077 : 027;
  if ((status.st_mode & others) != 0) {
    return absl::PermissionDeniedError(
        absl::StrFormat("the token file %s is open to others (mode %04o): chmod %s %s", path,
                        status.st_mode & 07777, others == 077 ? "600" : "640", path));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadAll(int file, const std::string& path) {
  std::string text;
  std::array<char, 4096> buffer;
  while (true) {
    const ssize_t got = ::read(file, buffer.data(), buffer.size());
    if (got < 0) return ErrnoStatus("read", path);
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<size_t>(got));
    if (text.size() > kMaxFileBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("the token file ", path, " has more than ", kMaxFileBytes, " bytes"));
    }
  }
}

}  // namespace

absl::StatusOr<std::vector<TokenEntry>> ParseTokenList(std::string_view text) {
  std::vector<TokenEntry> entries;
  std::vector<std::string> mistakes;
  std::set<std::string> names;
  int number = 0;
  for (const absl::string_view line :
       absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    ++number;
    const std::vector<std::string> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
    if (words.empty() || words[0].front() == '#') continue;
    std::string mistake = Mistake(words, names);
    if (mistake.empty() && std::any_of(entries.begin(), entries.end(), [&](const auto& entry) {
          return entry.token == words[2];
        })) {
      mistake = "the token was used above";
    }
    if (!mistake.empty()) {
      mistakes.push_back(absl::StrCat("line ", number, ": ", mistake));
      if (mistakes.size() == kMaxMistakes) break;
      continue;
    }
    names.insert(words[1]);
    entries.push_back({words[2], words[1], RoleOfWord(words[0])});
  }
  if (entries.size() > kMaxEntries) {
    mistakes.push_back(absl::StrCat("there are more than ", kMaxEntries, " tokens"));
  }
  if (!mistakes.empty()) return absl::InvalidArgumentError(absl::StrJoin(mistakes, "; "));
  return entries;
}

absl::StatusOr<std::vector<TokenEntry>> ReadTokenList(const std::string& path) {
  // NONBLOCK: a FIFO of that name must be refused, not waited for.
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return ErrnoStatus("open the token file", path);
  if (absl::Status status = CheckPrivate(file.get(), path); !status.ok()) return status;
  const absl::StatusOr<std::string> text = ReadAll(file.get(), path);
  if (!text.ok()) return text.status();
  auto entries = ParseTokenList(*text);
  if (entries.ok()) return entries;
  return absl::InvalidArgumentError(
      absl::StrCat("the token file ", path, ": ", std::string(entries.status().message())));
}

TokenList::TokenList(std::string own_token)
    : own_token_(std::move(own_token)), entries_(std::make_shared<const Entries>()) {}

void TokenList::Set(std::vector<TokenEntry> entries) {
  auto fresh = std::make_shared<const Entries>(std::move(entries));
  const std::lock_guard lock(mutex_);
  entries_.swap(fresh);
}

std::shared_ptr<const TokenList::Entries> TokenList::entries() const {
  const std::lock_guard lock(mutex_);
  return entries_;
}

std::optional<v1::Principal> TokenList::Find(std::string_view token) const {
  std::optional<v1::Principal> found;
  const auto consider = [&](const std::string& known, std::string_view name, Role role) {
    if (known.empty() || !ConstantTimeEquals(known, token)) return;
    found.emplace();
    found->set_name(std::string(name));
    found->set_role(role);
  };
  consider(own_token_, kOwner, v1::Principal::ADMIN);
  for (const TokenEntry& entry : *entries()) consider(entry.token, entry.name, entry.role);
  return found;
}

}  // namespace ipclab
