// What the server refuses to exceed. Published by GetServerInfo, checked before anything starts.
#pragma once

#include <cstdint>

#include "absl/time/time.h"

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

  // Of explorations; shrinking and explaining a schedule count as one each.
  int max_explorations = 4;                           // at once
  int64_t max_explore_schedules = 1'000'000'000'000;  // of one
  absl::Duration max_explore_time = absl::Hours(1);   // of one
  absl::Duration default_explore_time = absl::Minutes(1);
  int64_t max_explore_bytes = 0;  // of one, for states; 0: 1 GiB, or a quarter of the host's
};

}  // namespace ipclab
