// Random identifiers.
#pragma once

#include <string>
#include <string_view>

namespace ipclab {

// A random (version 4) UUID in lower case.
std::string MakeUuid();

// True when text has the form of a UUID, whatever its version.
bool IsUuid(std::string_view text);

}  // namespace ipclab
