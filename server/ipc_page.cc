#include "server/ipc_page.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/listing/page_token.h"
#include "server/errors.h"

namespace ipclab {
namespace {

constexpr int kDefaultObjects = 100;
constexpr int kMostObjects = 1000;

using Key = std::pair<int, std::string>;  // kind and name

Key KeyOf(const v1::IpcObject& object) { return {object.kind(), object.name()}; }

std::string PositionOf(const v1::IpcObject& object) {
  return absl::StrCat(static_cast<int>(object.kind()), ":", object.name());
}

Key KeyOfPosition(const std::string& position) {
  const size_t colon = std::min(position.find(':'), position.size());
  Key key;
  if (!absl::SimpleAtoi(position.substr(0, colon), &key.first)) key.first = 0;
  if (colon < position.size()) key.second = position.substr(colon + 1);
  return key;
}

}  // namespace

absl::StatusOr<v1::ListIpcObjectsResponse> PageOfIpcObjects(
    const v1::ListIpcObjectsRequest& request, std::vector<v1::IpcObject> objects) {
  const std::string scope = absl::StrCat("ListIpcObjects\n", request.all() ? "all" : "own");
  if (!request.all()) {
    std::erase_if(objects, [](const v1::IpcObject& object) { return !object.own(); });
  }
  auto first = objects.begin();
  if (!request.page_token().empty()) {
    const auto position = DecodePageToken(request.page_token(), scope);
    if (!position.ok()) {
      return InvalidRequest({{"page_token", std::string(position.status().message())}});
    }
    first = std::upper_bound(
        objects.begin(), objects.end(), KeyOfPosition(*position),
        [](const Key& key, const v1::IpcObject& object) { return key < KeyOf(object); });
  }
  const int size =
      request.page_size() == 0 ? kDefaultObjects : std::clamp(request.page_size(), 1, kMostObjects);
  const auto last = first + std::min<std::ptrdiff_t>(size, objects.end() - first);
  v1::ListIpcObjectsResponse response;
  if (last != objects.end()) {
    response.set_next_page_token(EncodePageToken(scope, PositionOf(*(last - 1))));
  }
  for (auto each = first; each != last; ++each) *response.add_ipc_objects() = std::move(*each);
  return response;
}

}  // namespace ipclab
