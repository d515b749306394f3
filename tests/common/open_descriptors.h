// How many descriptors this process has open: the same before and after means that none leaked.
#pragma once

#include <cstddef>
#include <filesystem>
#include <iterator>

namespace ipclab {

inline std::ptrdiff_t OpenDescriptors() {
  // The folder's own descriptor is counted too, each time.
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                       std::filesystem::directory_iterator());
}

}  // namespace ipclab
