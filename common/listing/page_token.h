// The opaque tokens of lists: where a page ended, bound to what was listed. The position is a key
// and not a count, so that pages stay right when entries come and go between them.
//
// A token is no secret and no right: it names a place in a list that its holder may read anyway.
// What it is guarded against is mistakes: a damaged one, one of another version, one of another
// list, filter or order.
//
// Usage:
//   scope = method, filter and order, joined by '\n': whatever must be the same on every page
//   response.set_next_page_token(EncodePageToken(scope, KeyOf(last entry of this page)));
//   ... and with the next request: skip all entries up to and with that key.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace ipclab {

// Safe in URLs; longer than the position by a third and some 24 characters.
std::string EncodePageToken(const std::string& scope, const std::string& position);

// The position. INVALID_ARGUMENT when the text is no token or one of another scope; the message is
// a sentence without a subject, for a violation of page_token.
absl::StatusOr<std::string> DecodePageToken(const std::string& token, const std::string& scope);

}  // namespace ipclab
