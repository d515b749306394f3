// One event of an experiment in one line, for people and for logs.
#pragma once

#include <string>

#include "ipclab/v1/experiment_service.pb.h"

namespace ipclab::cli {

// "09:12:15.042 RUNNING -> PAUSED: until step 5000", without a line break.
std::string EventText(const v1::ExperimentEvent& event);

// The same without the time.
std::string HappeningText(const v1::ExperimentEvent& event);

}  // namespace ipclab::cli
