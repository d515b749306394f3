#include "clients/cli/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "clients/cli/exit_code.h"

namespace ipclab::cli {

void FillStandardStreams() {
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    // The lowest number that is free, so this one.
    const bool input = stream == STDIN_FILENO;
    if (::open(input ? "/dev/null" : "/dev/full", input ? O_RDONLY : O_WRONLY) >= 0) continue;
    (void)::open("/", O_RDONLY);  // a /dev without devices: neither reads nor writes
  }
}

bool FlushOutput() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

int ExitCodeAfterFlush(int code) {
  if (FlushOutput()) return code;
  std::fputs("ipclab: cannot write to standard output: no space left, or it is closed\n", stderr);
  return code == 0 ? static_cast<int>(ExitCode::kCheckFailed) : code;
}

}  // namespace ipclab::cli
