// An experiment in the JSON form of its message. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "ipclab/v1/experiment.pb.h"

namespace ipclab {

// One object, indented, with a line end behind it. Fields at their defaults are left out but those
// of one value, as proto3 JSON does. INTERNAL for a message that has no such form.
absl::StatusOr<std::string> ExportJson(const v1::Experiment& experiment);

}  // namespace ipclab
