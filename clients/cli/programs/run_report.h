// What came of free runs of a program: for people on a page, for scripts a line for each.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "clients/cli/failure.h"
#include "clients/cli/json_line.h"
#include "clients/cli/terminal.h"
#include "ipclab/v1/experiment.pb.h"

namespace ipclab::cli {

// One free run: its figures, and why it did not come to its end where it did not.
struct FreeRunResult {
  v1::Result result;
  std::optional<Failure> failure;

  bool failing() const { return failure || result.program().failing(); }
};

// As its experiment ended, or as it could not be run.
FreeRunResult ReadFreeRun(const v1::Experiment& ended);

// {"run":1,"outcome":"counter=11","failing":true,...}
JsonLine FreeRunJson(size_t number, const FreeRunResult& run);

// One: outcome, checks, steps, time, and a table of its workers. More: how often each outcome came.
std::string FreeRunReport(const std::vector<FreeRunResult>& runs, const Terminal& terminal);

}  // namespace ipclab::cli
