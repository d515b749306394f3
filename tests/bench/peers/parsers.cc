#include "tests/bench/peers/parsers.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace ipclab::bench {
namespace {

using Words = std::vector<absl::string_view>;

Words WordsOf(absl::string_view text) {
  return absl::StrSplit(text, absl::ByAnyChar(" \t\r\n,"), absl::SkipEmpty());
}

// Above 0: a figure of 0 says that nothing was measured.
std::optional<double> Positive(absl::string_view word) {
  double value = 0;
  if (!absl::SimpleAtod(word, &value) || !(value > 0)) return std::nullopt;
  return value;
}

absl::Status Unknown(absl::string_view output) {
  for (const absl::string_view line : absl::StrSplit(output, '\n', absl::SkipWhitespace())) {
    return absl::InvalidArgumentError(absl::StrCat("no figure in its output: ", line));
  }
  return absl::InvalidArgumentError("no figure: it printed nothing");
}

// The number at this distance from the first place where the words occur in a row.
absl::StatusOr<double> NumberAt(absl::string_view output, const Words& label, int distance,
                                double times) {
  const Words words = WordsOf(output);
  for (size_t i = 0; i + label.size() <= words.size(); ++i) {
    const auto begin = words.begin() + static_cast<ptrdiff_t>(i);
    if (!std::equal(label.begin(), label.end(), begin)) continue;
    const auto at = static_cast<size_t>(static_cast<ptrdiff_t>(i) + distance);
    const auto value = at < words.size() ? Positive(words[at]) : std::nullopt;
    return value ? absl::StatusOr<double>(*value * times) : Unknown(output);
  }
  return Unknown(output);
}

constexpr double kMicro = 1e3;
constexpr double kSecond = 1e9;

std::optional<double> NanosOfUnit(absl::string_view unit) {
  if (unit == "ns") return 1;
  if (unit == "us") return kMicro;
  if (unit == "ms") return 1e6;
  if (unit == "sec") return kSecond;
  return std::nullopt;
}

}  // namespace

absl::StatusOr<double> ParsePerf(absl::string_view output) {
  return NumberAt(output, {"usecs/op"}, -1, kMicro);
}

absl::StatusOr<double> ParseHackbench(absl::string_view output) {
  return NumberAt(output, {"Time:"}, 1, kSecond);
}

absl::StatusOr<double> ParseRtTests(absl::string_view output) {
  return NumberAt(output, {"\"avg\":"}, 1, kMicro);
}

absl::StatusOr<double> ParseSockperf(absl::string_view output) {
  return NumberAt(output, {"percentile", "50.000", "="}, 3, kMicro);
}

absl::StatusOr<double> ParseQperf(absl::string_view output) {
  const Words words = WordsOf(output);
  for (size_t i = 0; i + 3 < words.size(); ++i) {
    if (words[i] != "latency" || words[i + 1] != "=") continue;
    const std::optional<double> value = Positive(words[i + 2]);
    const std::optional<double> unit = NanosOfUnit(words[i + 3]);
    if (value && unit) return *value * *unit;
  }
  return Unknown(output);
}

absl::StatusOr<double> ParseStressNg(absl::string_view output) {
  // "stress-ng:", "metrc:", "[pid]", the name, operations, seconds, user, system, and per second.
  constexpr size_t kPerSecond = 8;
  for (const absl::string_view line : absl::StrSplit(output, '\n')) {
    const Words words = WordsOf(line);
    if (words.size() <= kPerSecond || words[1] != "metrc:") continue;
    int64_t operations = 0;
    const std::optional<double> rate = Positive(words[kPerSecond]);
    if (absl::SimpleAtoi(words[4], &operations) && rate) return kSecond / *rate;
  }
  return Unknown(output);
}

}  // namespace ipclab::bench
