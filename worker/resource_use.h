// What the kernel has charged this process for, as getrusage(2) and /proc tell.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/pages.h"
#include "common/unique_fd.h"

namespace ipclab {

// A value.
struct ResourceUse {
  int64_t user_nanos = 0;
  int64_t system_nanos = 0;
  int64_t voluntary_switches = 0;
  int64_t involuntary_switches = 0;
  int64_t minor_faults = 0;
  int64_t major_faults = 0;
  int64_t run_delay_nanos = 0;  // ready to run, and waiting for a CPU; 0 where nobody tells

  ResourceUse operator-(const ResourceUse& earlier) const;

  // Puts it into a worker's page.
  void StoreIn(WorkerPage& page) const;
};

// Reads it, always on the same thread. Keeps a file open between two readings, for opening one of
// /proc costs more than all else here.
class ResourceMeter {
 public:
  // Since this process began; the delay is this thread's. What this process has started before the
  // first reading, such as a broker, is in the user's time as a whole.
  ResourceUse Read();

 private:
  int64_t RunDelayNanos();
  int64_t ChildrenNanos();

  UniqueFd schedstat_;
  std::optional<std::vector<UniqueFd>> children_;  // their schedstat
};

// The time that it ran, in what /proc/PID/schedstat holds: "ran waited slices".
int64_t RunTimeIn(const char* schedstat);

// The delay in what /proc/PID/schedstat holds: "ran waited slices"; 0 where it is none.
int64_t RunDelayIn(const char* schedstat);

}  // namespace ipclab
