// `ipclab metrics NAME`: an experiment's figures now, or again and again.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "clients/cli/command.h"
#include "clients/cli/command_flags.h"
#include "ipclab/v1/metrics.pb.h"

namespace ipclab::cli {

Command AddMetricsCommand(CLI::App& app, CommonFlags& common);

// The columns of a stream of figures, and one row of it, fit for 80 columns. The rate is that since
// the snapshot before, which is nullptr at first.
std::string MetricsHeader();
std::string MetricsRow(const v1::Metrics& metrics, const v1::Metrics* before);

}  // namespace ipclab::cli
