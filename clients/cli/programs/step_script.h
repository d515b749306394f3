// Steps of a program without a terminal: one after the other, each told as it is made.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clients/cli/interrupt.h"
#include "clients/cli/programs/drive_stream.h"
#include "common/program/schedule.h"
#include "ipclab/v1/program.pb.h"

namespace ipclab::cli {

// Takes the steps, from how the program stands, over the stream. Prints each step's answer as JSON,
// or its operation in words and at the end how all stands. The exit code: kCheckFailed when a check
// failed, after which no more steps are made. file: the user's own, of which the program is; empty
// of one of the catalogue.
int RunStepScript(DriveStream& stream, const v1::ProgramView& begin,
                  const std::vector<Choose>& steps, const Interrupt& interrupt,
                  const std::string& file, bool json);

}  // namespace ipclab::cli
