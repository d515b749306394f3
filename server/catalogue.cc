#include "server/catalogue.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/did_you_mean.h"
#include "server/errors.h"

namespace ipclab {
namespace {

constexpr size_t kLongestId = 64;

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
  std::vector<std::string> ids;
  for (const internal::MechanismRecord& record : records_) ids.push_back(record.mechanism().id());
  return DidYouMean(id, ids, "ListMechanisms");
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
