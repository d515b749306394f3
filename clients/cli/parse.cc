#include "clients/cli/parse.h"

#include <algorithm>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"

namespace ipclab::cli {
namespace {

constexpr int kMostCpus = 128;  // workers of one experiment
constexpr int64_t kLargestOfRange = int64_t{1} << 30;
constexpr double kLowestRate = 0.01;
constexpr double kHighestRate = 1e8;

// A list of enumerators; one that is there twice would be measured twice, and is refused.
template <typename Enum>
absl::StatusOr<std::vector<Enum>> ParseEnumerators(const std::string& what, const std::string& text,
                                                   const google::protobuf::EnumDescriptor& type) {
  std::vector<Enum> values;
  for (const std::string& word : std::vector<std::string>(absl::StrSplit(text, ','))) {
    const absl::StatusOr<int> number = ParseEnumerator(what, word, type);
    if (!number.ok()) return number.status();
    const auto value = static_cast<Enum>(*number);
    if (std::find(values.begin(), values.end(), value) != values.end()) {
      return absl::InvalidArgumentError(absl::StrCat("\"", word, "\" is there twice"));
    }
    values.push_back(value);
  }
  return values;
}

// "64..4k": 64, 128, ... up to 4096 at most. A size alone is a range of one.
absl::StatusOr<std::vector<int64_t>> ParseRange(const std::string& text) {
  const size_t dots = text.find("..");
  const absl::StatusOr<int64_t> first = ParseSize(text.substr(0, dots));
  if (!first.ok() || dots == std::string::npos) {
    if (!first.ok()) return first.status();
    return std::vector<int64_t>{*first};
  }
  const absl::StatusOr<int64_t> last = ParseSize(text.substr(dots + 2));
  if (!last.ok()) return last.status();
  if (*last < *first) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is no range: the smaller size comes first, as in 64..4k"));
  }
  if (*last > kLargestOfRange) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" ends where no mechanism carries messages: 1 GiB at most"));
  }
  std::vector<int64_t> sizes;
  for (int64_t size = *first; size <= *last; size *= 2) sizes.push_back(size);
  return sizes;
}

absl::StatusOr<int64_t> UnitOf(const std::string& suffix) {
  const std::string unit = absl::AsciiStrToLower(suffix);
  if (unit.empty() || unit == "b") return 1;
  if (unit == "k" || unit == "kib") return int64_t{1} << 10;
  if (unit == "m" || unit == "mib") return int64_t{1} << 20;
  if (unit == "g" || unit == "gib") return int64_t{1} << 30;
  return absl::InvalidArgumentError("no such unit");
}

}  // namespace

absl::StatusOr<int> ParseEnumerator(const std::string& what, const std::string& text,
                                    const google::protobuf::EnumDescriptor& type,
                                    const std::vector<int>& hidden) {
  std::vector<std::string> choices;
  for (int i = 0; i < type.value_count(); ++i) {
    const auto* value = type.value(i);
    if (value->number() == 0) continue;
    if (std::find(hidden.begin(), hidden.end(), value->number()) != hidden.end()) continue;
    if (LowerName(value->name()) == LowerName(text)) return value->number();
    choices.push_back(LowerName(value->name()));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\" is no ", what, ": use ", absl::StrJoin(choices, ", ")));
}

absl::StatusOr<int64_t> ParseSize(const std::string& text) {
  const std::string trimmed(absl::StripAsciiWhitespace(text));
  const size_t digits = std::min(trimmed.find_first_not_of("0123456789"), trimmed.size());
  const absl::StatusOr<int64_t> unit =
      UnitOf(std::string(absl::StripAsciiWhitespace(trimmed.substr(digits))));
  int64_t number = 0;
  if (!unit.ok() || !absl::SimpleAtoi(trimmed.substr(0, digits), &number) || number < 1 ||
      number > std::numeric_limits<int64_t>::max() / *unit) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text,
                     "\" is no message size: use bytes, 1 at least, such as 64, 4k "
                     "(4096) or 1M"));
  }
  return number * *unit;
}

absl::StatusOr<std::vector<int64_t>> ParseSizes(const std::string& text) {
  std::vector<int64_t> sizes;
  for (const std::string& word : std::vector<std::string>(absl::StrSplit(text, ','))) {
    const absl::StatusOr<std::vector<int64_t>> range = ParseRange(word);
    if (!range.ok()) return range.status();
    for (const int64_t size : *range) {
      if (std::find(sizes.begin(), sizes.end(), size) == sizes.end()) sizes.push_back(size);
    }
  }
  return sizes;
}

absl::StatusOr<absl::Duration> ParseDuration(const std::string& text) {
  absl::Duration duration;
  double seconds = 0;
  const bool parsed = absl::SimpleAtod(text, &seconds) ? (duration = absl::Seconds(seconds), true)
                                                       : absl::ParseDuration(text, &duration);
  if (!parsed || duration <= absl::ZeroDuration() || duration > absl::Hours(24)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is no time: use 1s, 300ms or 1m30s, a day at most"));
  }
  return duration;
}

absl::StatusOr<double> ParseRate(const std::string& text) {
  const std::string lower = absl::AsciiStrToLower(text);
  const double unit = lower.ends_with('k') ? 1e3 : lower.ends_with('m') ? 1e6 : 1;
  const std::string digits = lower.substr(0, lower.size() - (unit > 1 ? 1 : 0));
  double number = 0;
  // Digits only: what else reads as a number, "inf" or "0x1p3", is a slip here.
  const bool plain = digits.find_first_not_of("0123456789.") == std::string::npos;
  if (!plain || !absl::SimpleAtod(digits, &number) || number * unit < kLowestRate ||
      number * unit > kHighestRate) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", text, "\" is no rate: use messages in a second, 0.01 to 100M, as in 10k"));
  }
  return number * unit;
}

absl::StatusOr<std::vector<v1::Pattern::Kind>> ParsePatterns(const std::string& text) {
  return ParseEnumerators<v1::Pattern::Kind>("pattern", text, *v1::Pattern::Kind_descriptor());
}

absl::StatusOr<std::vector<v1::MeasureSpec::Wait>> ParseWaits(const std::string& text) {
  return ParseEnumerators<v1::MeasureSpec::Wait>("way to wait", text,
                                                 *v1::MeasureSpec::Wait_descriptor());
}

absl::StatusOr<v1::Placement> ParsePlacement(const std::string& text) {
  v1::Placement placement;
  if (text.find_first_not_of("0123456789, ") != std::string::npos || text.empty()) {
    const absl::StatusOr<int> policy = ParseEnumerator(
        "placement", text, *v1::Placement::Policy_descriptor(), {v1::Placement::EXPLICIT});
    if (!policy.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(std::string(policy.status().message()), ", or CPUs such as 0,1"));
    }
    placement.set_policy(static_cast<v1::Placement::Policy>(*policy));
    return placement;
  }
  placement.set_policy(v1::Placement::EXPLICIT);
  for (const std::string& word : std::vector<std::string>(absl::StrSplit(text, ','))) {
    int cpu = 0;
    if (!absl::SimpleAtoi(word, &cpu) || placement.cpus_size() == kMostCpus) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", text, "\" is no list of CPUs: use one number per worker, as in 0,1"));
    }
    placement.add_cpus(cpu);
  }
  return placement;
}

absl::StatusOr<std::pair<std::string, std::string>> ParseOption(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text,
                     "\" is no option: use key=value; `ipclab mechanisms ID` lists "
                     "the keys"));
  }
  return std::make_pair(text.substr(0, equals), text.substr(equals + 1));
}

std::string LowerName(const std::string& enumerator) { return absl::AsciiStrToLower(enumerator); }

}  // namespace ipclab::cli
