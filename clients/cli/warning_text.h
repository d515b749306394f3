// What spoils figures, in words.
#pragma once

#include <string>

#include "ipclab/v1/experiment.pb.h"

namespace ipclab::cli {

// wait: how the workers waited, which makes some of it worse.
std::string WarningText(v1::Result::Warning warning,
                        v1::MeasureSpec::Wait wait = v1::MeasureSpec::BLOCK);

}  // namespace ipclab::cli
