// Numbers of schedules as the server sends them: decimal digits, more than 64 bits need not hold.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/numeric/int128.h"

namespace ipclab::cli {

// Of decimal digits; nullopt of anything else, and of nothing: nobody counted.
std::optional<absl::uint128> CountOf(std::string_view digits);

// Decimal digits.
std::string DigitsOf(absl::uint128 count);

// "2704156" as people read it: "2,704,156". What is no number stays as it is.
std::string Grouped(std::string_view digits);

// part of whole, 0 to 1; 0 of nothing.
double ShareOf(absl::uint128 part, absl::uint128 whole);

// "66.7%". What is not all is never 100%, what is there is never 0%: "<0.1%", ">99.9%".
std::string ShareText(absl::uint128 part, absl::uint128 whole);

}  // namespace ipclab::cli
