// The filter language of lists, a small part of AIP-160: comparisons joined by AND.
//
//   state = RUNNING AND labels.team = "a" AND create_time > "2026-01-01T00:00:00Z"
//
// A value may stand without quotes when it consists of letters, digits and _ - + . : / only; in
// quotes, single or double, \" \' \\ \n \r \t are escapes. So is the key of a map: labels."a key".
//
// Here the text is understood and checked against the fields that there are. What a field means is
// the caller's matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"

namespace ipclab {

inline constexpr size_t kMaxFilterBytes = 4096;
inline constexpr size_t kMaxFilterComparisons = 64;

// A field that can be compared.
struct FilterField {
  enum class Kind {
    kText,    // = and !=, exact
    kChoice,  // = and != with one of choices
    kMap,     // NAME.KEY, = and !=, exact
    kNumber,  // a whole one; every operator
    kTime,    // RFC 3339; every operator
  };

  std::string name;
  Kind kind;
  std::vector<std::string> choices = {};
};

enum class FilterOperator { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

struct FilterComparison {
  size_t field;     // its index
  std::string key;  // of a map
  FilterOperator op;
  std::variant<std::string, int64_t, absl::Time> value;  // as the field's kind wants it

  bool operator==(const FilterComparison&) const = default;
};

struct FilterMistake {
  size_t column;  // in characters, from 1
  std::string message;

  bool operator==(const FilterMistake&) const = default;
};

struct Filter {
  std::vector<FilterComparison> comparisons;  // all must hold; none: everything matches
  std::vector<FilterMistake> mistakes;        // in their order; when there are any, use none of it
};

Filter ParseFilter(const std::string& text, const std::vector<FilterField>& fields);

// True when left and right, which are of one type, compare so.
template <class Value>
bool Holds(const Value& left, FilterOperator op, const Value& right) {
  switch (op) {
    case FilterOperator::kEqual:
      return left == right;
    case FilterOperator::kNotEqual:
      return left != right;
    case FilterOperator::kLess:
      return left < right;
    case FilterOperator::kLessOrEqual:
      return left <= right;
    case FilterOperator::kGreater:
      return left > right;
    case FilterOperator::kGreaterOrEqual:
      return left >= right;
  }
  return false;
}

}  // namespace ipclab
