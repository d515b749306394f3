#include "common/listing/page_token.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"

namespace ipclab {
namespace {

// version, digest of the scope, position, digest of all before it
constexpr char kVersion = 1;
constexpr size_t kDigestBytes = 8;
constexpr size_t kPositionAt = 1 + kDigestBytes;
constexpr size_t kLeastBytes = kPositionAt + kDigestBytes;

// FNV-1a: enough against mistakes, and the same on every host and in every version.
std::string Digest(const std::string& text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char each : text) hash = (hash ^ static_cast<uint8_t>(each)) * 0x100000001b3;
  std::string digest;
  for (size_t i = 0; i < kDigestBytes; ++i) digest += static_cast<char>(hash >> (8 * i));
  return digest;
}

}  // namespace

std::string EncodePageToken(const std::string& scope, const std::string& position) {
  std::string record = kVersion + Digest(scope) + position;
  record += Digest(record);
  return absl::WebSafeBase64Escape(record);
}

absl::StatusOr<std::string> DecodePageToken(const std::string& token, const std::string& scope) {
  std::string record;
  // Escaped again because the decoder is lenient: one page has one token.
  if (!absl::WebSafeBase64Unescape(token, &record) || absl::WebSafeBase64Escape(record) != token ||
      record.size() < kLeastBytes || record[0] != kVersion ||
      record.substr(record.size() - kDigestBytes) !=
          Digest(record.substr(0, record.size() - kDigestBytes))) {
    return absl::InvalidArgumentError(
        "is not a token of this list; take next_page_token of the page before as it is, or none to "
        "start with the first page");
  }
  if (record.substr(1, kDigestBytes) != Digest(scope)) {
    return absl::InvalidArgumentError(
        "belongs to another list; repeat the request of the page before with nothing changed but "
        "page_token and page_size, or leave the token out to start with the first page");
  }
  return record.substr(kPositionAt, record.size() - kLeastBytes);
}

}  // namespace ipclab
