// Reads what FormatSchedule writes, and what people write.

#include <charconv>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/program/schedule.h"

namespace ipclab {
namespace {

absl::string_view AbslText(std::string_view text) { return {text.data(), text.size()}; }

constexpr std::string_view kBlank = " \t\r\n";

// The next word, taken from the front; empty at the end.
std::string_view TakeWord(std::string_view& text) {
  const size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) {
    text = {};
    return {};
  }
  text.remove_prefix(begin);
  const std::string_view word = text.substr(0, text.find_first_of(kBlank));
  text.remove_prefix(word.size());
  return word;
}

std::optional<int8_t> TakeLetter(std::string_view& text) {
  if (text.empty() || text[0] < 'A' || text[0] >= 'A' + ProgramLimits::kWorkers) {
    return std::nullopt;
  }
  const auto worker = static_cast<int8_t>(text[0] - 'A');
  text.remove_prefix(1);
  return worker;
}

// All of text as a number.
std::optional<int64_t> NumberIn(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) {
    return std::nullopt;
  }
  return number;
}

absl::Status ItemError(std::string_view item, absl::string_view flaw) {
  // An item may be of any length: its beginning is enough to find it.
  constexpr size_t kShown = 24;
  const absl::string_view dots = item.size() > kShown ? "..." : "";
  return absl::InvalidArgumentError(
      absl::StrCat("schedule item '", AbslText(item.substr(0, kShown)), dots, "': ", flaw));
}

absl::Status ParseItem(std::string_view item, std::vector<Choose>& steps) {
  std::string_view rest = item;
  const std::optional<int8_t> worker = TakeLetter(rest);
  if (!worker) {
    return ItemError(item, "expected a worker's letter, A to P, and a count: A, B2, A>B");
  }
  if (rest.ends_with('!')) rest.remove_suffix(1);
  Choose choice{*worker, -1};
  int64_t count = 1;
  if (rest.starts_with('>')) {
    rest.remove_prefix(1);
    const std::optional<int8_t> woken = TakeLetter(rest);
    if (!woken || !rest.empty()) {
      return ItemError(item, "expected the letter of one worker that is woken behind '>': A>B");
    }
    if (*woken == *worker) return ItemError(item, "a worker cannot wake itself");
    choice.wakes = *woken;
  } else if (!rest.empty()) {
    const std::optional<int64_t> number = NumberIn(rest);
    if (rest[0] == '~' || rest[0] == '@') {
      return ItemError(item, "faults and timeouts are not known; expected a count, as in A2");
    }
    if (!number || *number < 1 || *number > ProgramLimits::kSteps) {
      return ItemError(item, absl::StrCat("expected a count from 1 to ", ProgramLimits::kSteps,
                                          " behind the letter, as in A2"));
    }
    count = *number;
  }
  if (static_cast<int64_t>(steps.size()) + count > ProgramLimits::kSteps) {
    return ItemError(item,
                     absl::StrCat("a schedule has at most ", ProgramLimits::kSteps, " steps"));
  }
  steps.insert(steps.end(), static_cast<size_t>(count), choice);
  return absl::OkStatus();
}

absl::Status ParseParameter(std::string_view word, size_t equals, Schedule& schedule) {
  const std::optional<int64_t> value = NumberIn(word.substr(equals + 1));
  if (!value || equals == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("schedule: '", AbslText(word), "': expected a parameter as workers=2"));
  }
  if (!schedule.parameters.emplace(word.substr(0, equals), *value).second) {
    return absl::InvalidArgumentError(
        absl::StrCat("schedule: '", AbslText(word), "': this parameter was given before"));
  }
  return absl::OkStatus();
}

absl::Status ParseHead(std::string_view head, Schedule& schedule) {
  schedule.program = TakeWord(head);
  if (schedule.program.empty()) {
    return absl::InvalidArgumentError("schedule: expected the program's name before ':'");
  }
  for (std::string_view word; !(word = TakeWord(head)).empty();) {
    const size_t equals = word.find('=');
    if (word.starts_with('@')) {
      constexpr size_t kHashLength = 8;
      const std::string_view hash = word.substr(1);
      if (hash.size() != kHashLength ||
          hash.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
        return absl::InvalidArgumentError(
            absl::StrCat("schedule: '", AbslText(word), "': expected a hash as @3f9a01c2"));
      }
      schedule.hash = hash;
    } else if (equals != std::string_view::npos) {
      const absl::Status parsed = ParseParameter(word, equals, schedule);
      if (!parsed.ok()) return parsed;
    } else if (schedule.variant.empty()) {
      schedule.variant = word;
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("schedule: '", AbslText(word),
                       "': expected a parameter as workers=2, a hash as @3f9a01c2, "
                       "or ':' before the items"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Schedule> ParseSchedule(std::string_view text) {
  Schedule schedule;
  const size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    const absl::Status head = ParseHead(text.substr(0, colon), schedule);
    if (!head.ok()) return head;
    text.remove_prefix(colon + 1);
  }
  for (std::string_view item; !(item = TakeWord(text)).empty();) {
    const absl::Status parsed = ParseItem(item, schedule.steps);
    if (!parsed.ok()) return parsed;
  }
  return schedule;
}

}  // namespace ipclab
