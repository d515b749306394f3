#include "server/feeds/resume_token.h"

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/errors.h"

namespace ipclab {

std::string MakeResumeToken(const std::string& uid, int64_t sequence) {
  return absl::WebSafeBase64Escape(absl::StrCat(uid, ":", sequence));
}

absl::StatusOr<int64_t> ReadResumeToken(const std::string& token, const std::string& uid) {
  std::string text;
  int64_t sequence = 0;
  const bool decoded = absl::WebSafeBase64Unescape(token, &text);
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits(':', 1));
  if (!decoded || !absl::SimpleAtoi(parts.second, &sequence) || sequence < 0) {
    return InvalidRequest(
        {{"resume_token", absl::StrCat(Quoted(token),
                                       " is none; send that of the last event that was received, "
                                       "unchanged, or none to begin with a snapshot")}});
  }
  if (parts.first != uid) {
    return InvalidRequest({{"resume_token",
                            "belongs to another experiment, or to one of this name that was "
                            "deleted; watch without it to begin with a snapshot"}});
  }
  return sequence;
}

}  // namespace ipclab
