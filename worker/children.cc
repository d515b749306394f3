#include "worker/children.h"

#include <fstream>

namespace ipclab {

std::vector<pid_t> Children() {
  std::vector<pid_t> children;
  std::ifstream file("/proc/thread-self/children");
  for (pid_t child = 0; file >> child;) children.push_back(child);
  return children;
}

}  // namespace ipclab
