#include "server/security/token.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "common/errno_status.h"
#include "common/unique_fd.h"

namespace ipclab {
namespace {

constexpr size_t kTokenBytes = 32;
constexpr size_t kTokenDigits = 2 * kTokenBytes;

bool IsDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

// Only its owner may have read it.
absl::Status CheckPrivate(int file, const std::string& path) {
  struct stat status;
  if (::fstat(file, &status) != 0) return ErrnoStatus("fstat", path);
  if (!S_ISREG(status.st_mode)) {
    return absl::PermissionDeniedError(absl::StrCat("the token ", path, " is not a plain file"));
  }
  if (status.st_uid != ::geteuid()) {
    return absl::PermissionDeniedError(absl::StrCat("the token ", path, " belongs to user ",
                                                    status.st_uid, ", not to ", ::geteuid()));
  }
  if ((status.st_mode & 077) != 0) {
    return absl::PermissionDeniedError(
        absl::StrFormat("the token %s is open to others (mode %04o): remove it, a new one is made "
                        "at the next start",
                        path, status.st_mode & 07777));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> MakeToken() {
  char bytes[kTokenBytes];
  // At most 256 bytes come whole; a signal can interrupt only the wait for the kernel's seed.
  ssize_t got = 0;
  do {
    got = ::getrandom(bytes, sizeof(bytes), 0);
  } while (got < 0 && errno == EINTR);
  if (got != static_cast<ssize_t>(sizeof(bytes))) return ErrnoStatus("getrandom");
  return absl::BytesToHexString(absl::string_view(bytes, sizeof(bytes)));
}

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  // NONBLOCK: a FIFO of that name must be refused, not waited for.
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file) return ErrnoStatus("open", path);
  if (absl::Status status = CheckPrivate(file.get(), path); !status.ok()) return status;
  char text[kTokenDigits + 2];
  const ssize_t length = ::read(file.get(), text, sizeof(text));
  if (length < 0) return ErrnoStatus("read", path);
  std::string_view token(text, static_cast<size_t>(length));
  // An editor ends a file with a newline.
  if (token.size() == kTokenDigits + 1 && token.back() == '\n') token.remove_suffix(1);
  if (token.size() != kTokenDigits || !std::all_of(token.begin(), token.end(), IsDigit)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the token ", path, " is not ", kTokenDigits,
                     " hexadecimal digits: remove it, a new one is made at the next start"));
  }
  return std::string(token);
}

absl::Status WriteToken(const std::string& path, std::string_view token) {
  const std::string made = absl::StrCat(path, ".new");
  // What a killed server may have left.
  if (::unlink(made.c_str()) != 0 && errno != ENOENT) return ErrnoStatus("unlink", made);
  const UniqueFd file(
      ::open(made.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return ErrnoStatus("open", made);
  const ssize_t written = ::write(file.get(), token.data(), token.size());
  if (written < 0) return ErrnoStatus("write", made);
  if (static_cast<size_t>(written) != token.size()) return ErrnoStatus("write", made, ENOSPC);
  if (::fsync(file.get()) != 0) return ErrnoStatus("fsync", made);
  if (::rename(made.c_str(), path.c_str()) != 0) return ErrnoStatus("rename", made);
  return absl::OkStatus();
}

absl::StatusOr<std::string> LoadOrMakeToken(const std::string& path) {
  absl::StatusOr<std::string> token = ReadToken(path);
  if (!absl::IsNotFound(token.status())) return token;
  token = MakeToken();
  if (!token.ok()) return token;
  if (absl::Status status = WriteToken(path, *token); !status.ok()) return status;
  return token;
}

bool ConstantTimeEquals(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  // volatile: else the compiler may leave the loop once the answer is known.
  volatile unsigned char difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

}  // namespace ipclab
