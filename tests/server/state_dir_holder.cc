// Opens the state folder at argv[1], says so on standard output and holds it until it is killed.
#include <unistd.h>

#include <cstdint>

#include "server/host/state_dir.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto state_dir = ipclab::StateDir::Open(argv[1]);
  if (!state_dir.ok()) return 3;
  const int64_t ready = 1;
  if (::write(STDOUT_FILENO, &ready, sizeof(ready)) < 0) return 4;
  while (true) ::pause();
}
