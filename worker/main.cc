// ipclab-worker: the measured side of ipclab. Started by ipclabd, never by hand.

#include <cstdio>
#include <string_view>

#include "worker/zygote.h"

int main(int argc, char** argv) {
  const std::string_view mode = argc == 2 ? argv[1] : "";
  if (mode == "--zygote") {
    ipclab::RunZygote(ipclab::MessageSocket(ipclab::UniqueFd(ipclab::kZygoteControlFd)),
                      ipclab::AllMechanisms());
  }
  if (mode == "--version") {
    std::puts("ipclab-worker " IPCLAB_VERSION);
    return 0;
  }
  std::fputs(
      "ipclab-worker starts and runs the worker processes of an ipclab server.\n"
      "ipclabd starts it by itself, with its control socket as descriptor 3:\n"
      "  ipclab-worker --zygote\n"
      "  ipclab-worker --version\n",
      stderr);
  return 2;
}
