// Page tokens: any text gives the position of the one token that it is, or an error.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/listing/page_token.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto position = ipclab::DecodePageToken(text, "scope");
  if (position.ok() && ipclab::EncodePageToken("scope", *position) != text) std::abort();
  // What was made here is always understood.
  if (*ipclab::DecodePageToken(ipclab::EncodePageToken("scope", text), "scope") != text) {
    std::abort();
  }
  return 0;
}
