// Makes the options of a mechanism's record, one function per type. Used by probes.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "ipclab/v1/mechanism.pb.h"

namespace ipclab {

v1::Option BooleanOption(std::string_view name, bool otherwise, std::string_view description);

v1::Option IntegerOption(std::string_view name, int64_t otherwise, int64_t minimum, int64_t maximum,
                         std::string_view description);

// The first choice is the default.
v1::Option ChoiceOption(std::string_view name, std::initializer_list<const char*> choices,
                        std::string_view description);

}  // namespace ipclab
