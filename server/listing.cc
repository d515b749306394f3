#include "server/listing.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/listing/filter.h"
#include "common/listing/page_token.h"
#include "google/protobuf/util/field_mask_util.h"
#include "server/errors.h"
#include "server/listing/match.h"
#include "server/listing/order.h"

namespace ipclab {
namespace {

using google::protobuf::util::FieldMaskUtil;

constexpr int kDefaultPageSize = 100;
constexpr int kMaxPageSize = 1000;
// A client takes 4 MiB at once unless it is told otherwise, and labels alone may come to 20 KiB.
constexpr size_t kMaxPageBytes = 2 << 20;

// What the pages of one list have in common.
std::string ScopeOf(const v1::ListExperimentsRequest& request) {
  return absl::StrCat("ListExperiments ", request.filter().size(), " ", request.filter(),
                      request.order_by());
}

// Results and views may be large: they are left out in copying, not after.
v1::Experiment WithoutResult(const v1::Experiment& experiment) {
  static const auto& mask = *[] {
    google::protobuf::FieldMask result;
    result.add_paths("result");
    result.add_paths("program");
    auto* const rest = new google::protobuf::FieldMask;
    FieldMaskUtil::Subtract<v1::Experiment>(
        FieldMaskUtil::GetFieldMaskForAllFields<v1::Experiment>(), result, rest);
    return rest;
  }();
  v1::Experiment copy;
  FieldMaskUtil::MergeMessageTo(experiment, mask, FieldMaskUtil::MergeOptions(), &copy);
  return copy;
}

// What the request asks for, once it is understood.
struct Listing {
  std::vector<FilterComparison> comparisons;
  ExperimentOrder order;
  std::optional<Place> after;
  size_t page_size = kDefaultPageSize;
};

absl::StatusOr<Listing> Understand(const v1::ListExperimentsRequest& request) {
  Listing listing;
  std::vector<FieldViolation> violations;
  if (request.page_size() != 0) {
    listing.page_size = static_cast<size_t>(std::clamp(request.page_size(), 1, kMaxPageSize));
  }
  Filter filter = ParseFilter(request.filter(), ExperimentFilterFields());
  listing.comparisons = std::move(filter.comparisons);
  for (const FilterMistake& mistake : filter.mistakes) {
    violations.push_back(
        {"filter", absl::StrCat("column ", mistake.column, ": ", mistake.message)});
  }
  absl::StatusOr<ExperimentOrder> order = ExperimentOrder::Parse(request.order_by());
  if (order.ok()) {
    listing.order = *order;
  } else {
    violations.push_back({"order_by", std::string(order.status().message())});
  }
  if (!request.page_token().empty()) {
    const auto position = DecodePageToken(request.page_token(), ScopeOf(request));
    if (!position.ok()) {
      violations.push_back({"page_token", std::string(position.status().message())});
    } else if (order.ok()) {
      listing.after = listing.order.Decode(*position);
      if (!listing.after) violations.push_back({"page_token", "names no place in this list"});
    }
  }
  if (!violations.empty()) return InvalidRequest(violations);
  return listing;
}

}  // namespace

absl::StatusOr<v1::ListExperimentsResponse> ListExperiments(
    const v1::ListExperimentsRequest& request, const std::vector<const v1::Experiment*>& all) {
  const absl::StatusOr<Listing> listing = Understand(request);
  if (!listing.ok()) return listing.status();

  v1::ListExperimentsResponse response;
  std::vector<std::pair<Place, const v1::Experiment*>> ahead;
  int total = 0;
  for (const v1::Experiment* const each : all) {
    if (!Matches(listing->comparisons, *each)) continue;
    ++total;
    Place place = listing->order.PlaceOf(*each);
    if (listing->after && !listing->order.Before(*listing->after, place)) continue;
    ahead.emplace_back(std::move(place), each);
  }
  response.set_total_size(total);

  const size_t size = std::min(ahead.size(), listing->page_size);
  std::partial_sort(ahead.begin(), ahead.begin() + static_cast<std::ptrdiff_t>(size), ahead.end(),
                    [&](const auto& left, const auto& right) {
                      return listing->order.Before(left.first, right.first);
                    });
  size_t taken = 0;
  for (size_t bytes = 0; taken < size && (taken == 0 || bytes < kMaxPageBytes); ++taken) {
    v1::Experiment& entry = *response.add_experiments();
    entry = WithoutResult(*ahead[taken].second);
    bytes += entry.ByteSizeLong();
  }
  if (taken < ahead.size()) {
    response.set_next_page_token(
        EncodePageToken(ScopeOf(request), ExperimentOrder::Encode(ahead[taken - 1].first)));
  }
  return response;
}

}  // namespace ipclab
