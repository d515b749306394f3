// Messages made of texts and numbers. For std::string_view, which absl::StrCat does not know where
// abseil was built for an older C++.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

namespace ipclab::lang {

template <typename Part>
void AppendPart(std::string& text, const Part& part) {
  if constexpr (std::is_integral_v<Part>) {
    text += std::to_string(part);
  } else {
    text += std::string_view(part);
  }
}

// "line 3" of "line ", 3.
template <typename... Parts>
std::string Sentence(const Parts&... parts) {
  std::string text;
  (AppendPart(text, parts), ...);
  return text;
}

}  // namespace ipclab::lang
