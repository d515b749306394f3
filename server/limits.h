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
  int max_drives = 256;                      // open at once
  double creates_per_second = 200;           // of one principal, on average
  int create_burst = 1000;                   // of one principal, after a quiet time
  int64_t max_memory_bytes = 0;              // of all living experiments; 0: half of the host's
  int64_t max_request_bytes = 4 << 20;       // what gRPC takes
};

}  // namespace ipclab
