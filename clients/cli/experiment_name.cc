#include "clients/cli/experiment_name.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace ipclab::cli {
namespace {

constexpr char kCollection[] = "experiments/";

}  // namespace

std::string ExperimentName(const std::string& typed) {
  return absl::StartsWith(typed, kCollection) ? typed : absl::StrCat(kCollection, typed);
}

std::string ExperimentId(const std::string& name) {
  return absl::StartsWith(name, kCollection) ? name.substr(sizeof(kCollection) - 1) : name;
}

std::vector<std::string> ExperimentNames(const std::vector<std::string>& typed) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const std::string& each : typed) {
    std::string name = ExperimentName(each);
    if (seen.insert(name).second) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace ipclab::cli
