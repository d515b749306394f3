#include "server/catalogue.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "server/errors.h"

namespace ipclab {
namespace {

// Longer ids than any mechanism's are no slip of the finger, and not worth a table.
constexpr size_t kLongestId = 64;

// A list in an error stays one that is read, and leaves room for other errors.
constexpr size_t kLongestList = 600;

// Levenshtein distance, for "did you mean".
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({replace, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

// What could be an id: of whatever is longer or stranger, no use is made.
bool IsMechanismId(std::string_view id) {
  return !id.empty() && id.size() <= kLongestId && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

Catalogue::Catalogue(const internal::Hello& hello)
    : records_(hello.mechanisms().begin(), hello.mechanisms().end()) {}

const internal::MechanismRecord* Catalogue::Find(std::string_view id) const {
  const auto found = std::find_if(
      records_.begin(), records_.end(),
      [id](const internal::MechanismRecord& record) { return record.mechanism().id() == id; });
  return found == records_.end() ? nullptr : &*found;
}

std::string Catalogue::Hint(std::string_view id) const {
  const std::string* nearest = nullptr;
  size_t least = id.size() / 2 + 1;
  if (id.size() <= kLongestId) {
    for (const internal::MechanismRecord& record : records_) {
      const size_t distance = Distance(id, record.mechanism().id());
      if (distance >= least) continue;
      least = distance;
      nearest = &record.mechanism().id();
    }
  }
  if (nearest) return absl::StrCat("did you mean \"", *nearest, "\"?");
  std::string list = "there are: ";
  for (size_t i = 0; i < records_.size(); ++i) {
    if (list.size() > kLongestList) {
      return absl::StrCat(list, " and ", records_.size() - i, " more: ListMechanisms has them all");
    }
    absl::StrAppend(&list, i == 0 ? "" : ", ", records_[i].mechanism().id());
  }
  return list;
}

absl::StatusOr<v1::Mechanism> Catalogue::Get(const std::string& name) const {
  constexpr char kPrefix[] = "mechanisms/";
  absl::string_view id = name;
  if (!absl::ConsumePrefix(&id, kPrefix) || !IsMechanismId({id.data(), id.size()})) {
    return InvalidRequest({{"name", absl::StrCat(Quoted(name),
                                                 " must be of the form "
                                                 "mechanisms/{id}: mechanisms/pipe")}});
  }
  const internal::MechanismRecord* const record = Find({id.data(), id.size()});
  if (record) return record->mechanism();
  return ResourceNotFound("ipclab.v1.Mechanism", name, Hint({id.data(), id.size()}));
}

}  // namespace ipclab
