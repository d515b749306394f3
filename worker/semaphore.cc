#include "worker/semaphore.h"

#include "absl/strings/str_cat.h"

namespace ipclab {

absl::StatusOr<unsigned> InitialValue(const ChannelSpec& spec, std::string_view id, int64_t most) {
  if (spec.initial_value >= 0 && spec.initial_value <= most) {
    return static_cast<unsigned>(spec.initial_value);
  }
  return absl::InvalidArgumentError(absl::StrCat("a semaphore over ", std::string(id),
                                                 " counts from 0 to ", most,
                                                 ", and cannot begin with ", spec.initial_value));
}

}  // namespace ipclab
