// All experiments of a server that match a filter, page by page.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "clients/cli/connection.h"
#include "clients/cli/failure.h"
#include "ipclab/v1/experiment.pb.h"

namespace ipclab::cli {

struct ExperimentQuery {
  std::string filter = "";    // as ListExperimentsRequest.filter
  std::string order_by = "";  // as ListExperimentsRequest.order_by
  int64_t limit = 0;          // 0: all
};

// Calls visit with each, as its page comes. Returns how many match on the server, or why it could
// not be asked.
struct ExperimentCount {
  int64_t matching = 0;
  std::optional<Failure> failure = {};
};
ExperimentCount VisitExperiments(Connection& connection, const ExperimentQuery& query,
                                 const std::function<void(v1::Experiment)>& visit);

}  // namespace ipclab::cli
