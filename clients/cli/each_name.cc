#include "clients/cli/each_name.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/cli/experiment_name.h"
#include "clients/cli/running_server.h"

namespace ipclab::cli {

int ForEachName(const CommonFlags& common, const std::vector<std::string>& typed,
                const std::function<int(Connection&, const std::string& name)>& act) {
  const auto connection = OpenRunningServer(common);
  if (!connection.ok()) return Report(FailureOf(connection.status()), common.json);
  int gravest = static_cast<int>(ExitCode::kDone);
  for (const std::string& name : ExperimentNames(typed)) {
    gravest = std::max(gravest, act(**connection, name));
    if (gravest == static_cast<int>(ExitCode::kCannotConnect)) break;
  }
  return gravest;
}

int ReportFor(const std::string& name, Failure failure, bool json) {
  const std::string id = ExperimentId(name);
  if (failure.message.find(id) == std::string::npos) {
    failure.message = absl::StrCat(id, ": ", failure.message);
  }
  return Report(failure, json);
}

}  // namespace ipclab::cli
