// What the server refuses to exceed. Published by GetServerInfo, checked before anything starts.
#pragma once

#include <cstdint>

namespace ipclab {

struct Limits {
  int max_experiments = 1000;                // kept, ended ones included
  int max_workers = 1024;                    // alive at once
  int64_t max_message_bytes = 64 << 20;      // a worker holds two messages of this size
  int64_t max_messages = 1'000'000'000'000;  // of one measurement
  int max_watchers = 2048;                   // open at once
};

}  // namespace ipclab
