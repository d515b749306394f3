#include "clients/cli/experiment_list.h"

#include <algorithm>
#include <utility>

namespace ipclab::cli {
namespace {

constexpr int64_t kPage = 1000;  // the most that the server gives at once

}  // namespace

ExperimentCount VisitExperiments(Connection& connection, const ExperimentQuery& query,
                                 const std::function<void(v1::Experiment)>& visit) {
  ExperimentCount count;
  v1::ListExperimentsRequest request;
  request.set_filter(query.filter);
  request.set_order_by(query.order_by);
  // The same for all pages, so that no page depends on what a server makes of another size.
  request.set_page_size(
      static_cast<int32_t>(query.limit > 0 ? std::min(query.limit, kPage) : kPage));
  int64_t visited = 0;
  do {
    const auto context = connection.NewCall();
    v1::ListExperimentsResponse page;
    const grpc::Status status =
        connection.experiments().ListExperiments(context.get(), request, &page);
    if (!status.ok()) {
      count.failure = FailureOf(status);
      return count;
    }
    count.matching = page.total_size();
    for (v1::Experiment& each : *page.mutable_experiments()) {
      if (query.limit > 0 && visited == query.limit) return count;
      visit(std::move(each));
      ++visited;
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && (query.limit == 0 || visited < query.limit));
  return count;
}

}  // namespace ipclab::cli
