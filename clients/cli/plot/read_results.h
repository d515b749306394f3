// Reads what `ipclab measure --json` printed.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/cli/plot/item.h"

namespace ipclab::plot {

// Adds the item of one line, if it is of one and not of a whole sweep; place, "results.json:3",
// stands before every error. INVALID_ARGUMENT when it is no JSON object, or has fields that cannot
// be what their names say.
absl::Status ReadLine(const std::string& place, absl::string_view line, Results& results);

// All lines of all files, in order; "-" is standard input. Errors name the file, and the line.
absl::StatusOr<Results> ReadResults(const std::vector<std::string>& paths);

}  // namespace ipclab::plot
