#include "server/did_you_mean.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"

namespace ipclab {
namespace {

// Longer ids than any there is are no slip of the finger, and not worth a table.
constexpr size_t kLongestSlip = 64;

// A list in an error stays one that is read, and leaves room for other errors.
constexpr size_t kLongestList = 600;

// Levenshtein distance.
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

}  // namespace

std::string DidYouMean(std::string_view id, const std::vector<std::string>& ids,
                       std::string_view rpc) {
  const std::string* nearest = nullptr;
  size_t least = id.size() / 2 + 1;
  if (id.size() <= kLongestSlip) {
    for (const std::string& each : ids) {
      const size_t distance = Distance(id, each);
      if (distance >= least) continue;
      least = distance;
      nearest = &each;
    }
  }
  if (nearest) return absl::StrCat("did you mean \"", *nearest, "\"?");
  if (ids.empty()) return "there are none";
  std::string list = "there are: ";
  for (size_t i = 0; i < ids.size(); ++i) {
    if (list.size() > kLongestList) {
      return absl::StrCat(list, " and ", ids.size() - i, " more: ", std::string(rpc),
                          " has them all");
    }
    absl::StrAppend(&list, i == 0 ? "" : ", ", ids[i]);
  }
  return list;
}

}  // namespace ipclab
