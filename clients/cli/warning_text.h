// What spoils figures, in words.
#pragma once

#include <string>

#include "ipclab/v1/experiment.pb.h"

namespace ipclab::cli {

std::string WarningText(v1::Result::Warning warning);

}  // namespace ipclab::cli
