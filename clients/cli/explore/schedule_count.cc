#include "clients/cli/explore/schedule_count.h"

#include <algorithm>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"

namespace ipclab::cli {
namespace {

bool AllDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char each) {
    return absl::ascii_isdigit(static_cast<unsigned char>(each));
  });
}

}  // namespace

std::optional<absl::uint128> CountOf(std::string_view digits) {
  absl::uint128 count = 0;
  if (!AllDigits(digits) ||
      !absl::SimpleAtoi(absl::string_view(digits.data(), digits.size()), &count))
    return std::nullopt;
  return count;
}

std::string DigitsOf(absl::uint128 count) {
  std::ostringstream text;
  text << count;
  return text.str();
}

std::string Grouped(std::string_view digits) {
  if (!AllDigits(digits)) return std::string(digits);
  std::string grouped;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) grouped += ',';
    grouped += digits[i];
  }
  return grouped;
}

double ShareOf(absl::uint128 part, absl::uint128 whole) {
  if (whole == 0) return 0;
  return std::min(1.0, static_cast<double>(part) / static_cast<double>(whole));
}

std::string ShareText(absl::uint128 part, absl::uint128 whole) {
  if (part == 0) return "0%";
  if (part >= whole) return "100%";
  const double percent = 100 * ShareOf(part, whole);
  if (percent < 0.1) return "<0.1%";
  if (percent > 99.9) return ">99.9%";
  return absl::StrFormat("%.1f%%", percent);
}

}  // namespace ipclab::cli
