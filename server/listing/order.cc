#include "server/listing/order.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/errors.h"

namespace ipclab {
namespace {

int64_t Nanos(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000'000 + time.nanos();
}

struct SortField {
  const char* name;
  int64_t (*key)(const v1::Experiment&);
};

// Names are unique: they sort alone, after the keys before them.
constexpr char kUniqueName[] = "name";

constexpr SortField kFields[] = {
    {"state", [](const v1::Experiment& each) { return static_cast<int64_t>(each.state()); }},
    {"create_time", [](const v1::Experiment& each) { return Nanos(each.create_time()); }},
    {"update_time", [](const v1::Experiment& each) { return Nanos(each.update_time()); }},
    // What has not ended will end after all that has.
    {"end_time",
     [](const v1::Experiment& each) {
       return each.has_end_time() ? Nanos(each.end_time()) : std::numeric_limits<int64_t>::max();
     }},
    {"step", [](const v1::Experiment& each) { return each.step(); }},
};

std::string KnownFields() {
  return absl::StrCat(kUniqueName, ", ",
                      absl::StrJoin(kFields, ", ", [](std::string* out, const SortField& field) {
                        absl::StrAppend(out, field.name);
                      }));
}

}  // namespace

absl::StatusOr<ExperimentOrder> ExperimentOrder::Parse(const std::string& order_by) {
  ExperimentOrder order;
  std::vector<std::string> seen;
  const std::string text = order_by.empty() ? "create_time desc" : order_by;
  for (const std::string& part : std::vector<std::string>(absl::StrSplit(text, ','))) {
    const std::vector<std::string> words =
        absl::StrSplit(part, absl::ByAnyChar(" \t\n"), absl::SkipEmpty());
    if (words.empty() || words.size() > 2 || (words.size() == 2 && words[1] != "desc")) {
      return absl::InvalidArgumentError(
          absl::StrCat("has ", Quoted(part),
                       " where a field is wanted, with desc behind it or not; "
                       "there are ",
                       KnownFields()));
    }
    const auto* const field =
        std::find_if(std::begin(kFields), std::end(kFields),
                     [&](const SortField& each) { return each.name == words[0]; });
    if (words[0] != kUniqueName && field == std::end(kFields)) {
      return absl::InvalidArgumentError(
          absl::StrCat("has no field ", Quoted(words[0]), "; there are ", KnownFields()));
    }
    if (std::count(seen.begin(), seen.end(), words[0])) {
      return absl::InvalidArgumentError(absl::StrCat("has ", words[0], " twice; once is enough"));
    }
    const bool descending = words.size() == 2;
    if (words[0] == kUniqueName) {
      order.name_descending_ = descending;
    } else if (std::count(seen.begin(), seen.end(), kUniqueName) == 0) {
      order.keys_.push_back({static_cast<size_t>(field - std::begin(kFields)), descending});
    }
    seen.push_back(words[0]);
  }
  return order;
}

Place ExperimentOrder::PlaceOf(const v1::Experiment& experiment) const {
  Place place = {{}, experiment.name()};
  for (const Key& key : keys_) {
    const int64_t value = kFields[key.field].key(experiment);
    // The complement, because the greatest negative number has no counterpart.
    place.keys.push_back(key.descending ? ~value : value);
  }
  return place;
}

bool ExperimentOrder::Before(const Place& left, const Place& right) const {
  if (left.keys != right.keys) return left.keys < right.keys;
  return name_descending_ ? left.name > right.name : left.name < right.name;
}

std::string ExperimentOrder::Encode(const Place& place) {
  return absl::StrCat(absl::StrJoin(place.keys, ","), ";", place.name);
}

std::optional<Place> ExperimentOrder::Decode(const std::string& text) const {
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits(';', 1));
  Place place = {{}, parts.second};
  for (const absl::string_view each : absl::StrSplit(parts.first, ',', absl::SkipEmpty())) {
    if (!absl::SimpleAtoi(each, &place.keys.emplace_back())) return std::nullopt;
  }
  if (place.keys.size() != keys_.size() || place.name.empty()) return std::nullopt;
  return place;
}

}  // namespace ipclab
