// What spoils figures, in words: what it means for them, and what to do about it.
#pragma once

#include <string>

#include "ipclab/v1/experiment.pb.h"

namespace ipclab::cli {

// What it means: "workers shared a CPU, so each hand-over between them is a context switch".
std::string WarningText(v1::Result::Warning warning);

// What to do: "ask for another --placement"; empty where nothing is to be done.
std::string WarningAdvice(v1::Result::Warning warning);

}  // namespace ipclab::cli
