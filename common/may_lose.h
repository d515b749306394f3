// Whether messages may be lost where a mechanism is measured with some options. What decides is the
// mechanism's record, as the worker has it or as the server tells it.
#pragma once

#include <string_view>

#include "absl/strings/str_cat.h"

namespace ipclab {

// options: names and values. lossy_with: "name=value" of the one that makes a mechanism lossy which
// is not so by itself, or empty.
template <typename Options>
bool MayLose(bool lossy, std::string_view lossy_with, const Options& options) {
  for (const auto& [name, value] : options) {
    lossy = lossy || absl::StrCat(name, "=", value) == lossy_with;
  }
  return lossy;
}

}  // namespace ipclab
