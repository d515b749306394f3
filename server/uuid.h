// Random identifiers.
#pragma once

#include <string>

namespace ipclab {

// A random (version 4) UUID in lower case.
std::string MakeUuid();

}  // namespace ipclab
