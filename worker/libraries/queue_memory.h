// For mechanisms whose library queues messages in the processes' own memory.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

namespace ipclab {

// RESOURCE_EXHAUSTED, with the numbers, when queues of so many messages in all might take more than
// half of the memory that this host has available. option is the one that sets their number.
absl::Status CheckQueueMemory(std::string_view option, int64_t messages, int64_t message_bytes);

}  // namespace ipclab
