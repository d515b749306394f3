// What the command line tells its caller by its exit code. Scripts depend on the numbers.
#pragma once

namespace ipclab::cli {

enum class ExitCode {
  kDone = 0,
  kCheckFailed = 1,  // messages were lost or spoilt, an experiment failed, or a file or the output
                     // could not be written
  kUsage = 2,        // the command line makes no sense
  kRefused = 3,      // the server said no
  kCannotConnect = 4,  // no server answers
};

// As the shell does: 128 plus the signal's number, so 130 after Ctrl-C.
constexpr int ExitCodeOfSignal(int signal) { return 128 + signal; }

}  // namespace ipclab::cli
