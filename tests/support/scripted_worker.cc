// ipclab-worker with mechanisms that misbehave beside the real ones: the same command line, the
// same zygote and workers.

#include <cstdio>
#include <string_view>

#include "tests/support/scripted_mechanisms.h"
#include "worker/zygote.h"

int main(int argc, char** argv) {
  if (argc != 2 || std::string_view(argv[1]) != "--zygote") {
    std::fputs("scripted_worker --zygote, with a control socket as descriptor 3\n", stderr);
    return 2;
  }
  ipclab::RunZygote(ipclab::MessageSocket(ipclab::UniqueFd(ipclab::kZygoteControlFd)),
                    ipclab::ScriptedMechanisms());
}
