#include "worker/ring/slots_option.h"

#include <algorithm>
#include <bit>

#include "absl/strings/str_cat.h"
#include "worker/option.h"

namespace ipclab {
namespace {

constexpr const char* kName = "slots";
constexpr int64_t kLeast = 2;
constexpr int64_t kMost = 65536;

}  // namespace

v1::Option SlotsOption() {
  return IntegerOption(kName, 64, kLeast, kMost, "Messages that the ring holds: a power of two");
}

absl::StatusOr<size_t> SlotsOf(const ChannelSpec& spec) {
  if (spec.records > 0) {
    return std::bit_ceil(static_cast<size_t>(std::max<int64_t>(spec.records, kLeast)));
  }
  const auto slots = static_cast<size_t>(spec.IntegerOption(kName));
  if (std::has_single_bit(slots) && slots >= kLeast) return slots;
  return absl::InvalidArgumentError(absl::StrCat("slots ", slots, ": must be a power of two, as ",
                                                 std::bit_floor(slots), " or ",
                                                 std::bit_ceil(slots)));
}

}  // namespace ipclab
