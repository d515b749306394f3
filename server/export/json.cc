#include "server/export/json.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"

namespace ipclab {

absl::StatusOr<std::string> ExportJson(const v1::Experiment& experiment) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(experiment, &json, options);
  if (!status.ok()) {
    return absl::InternalError(
        absl::StrCat(experiment.name(), " has no JSON form: ", status.ToString()));
  }
  if (json.empty() || json.back() != '\n') json += '\n';
  return json;
}

}  // namespace ipclab
