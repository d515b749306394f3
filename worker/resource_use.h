// What the kernel has charged this process for, as getrusage(2) tells. A value.
#pragma once

#include <cstdint>

#include "common/pages.h"

namespace ipclab {

struct ResourceUse {
  int64_t user_nanos = 0;
  int64_t system_nanos = 0;
  int64_t voluntary_switches = 0;
  int64_t involuntary_switches = 0;
  int64_t minor_faults = 0;
  int64_t major_faults = 0;

  // Since this process began.
  static ResourceUse Now();

  ResourceUse operator-(const ResourceUse& earlier) const;

  // Puts it into a worker's page.
  void StoreIn(WorkerPage& page) const;
};

}  // namespace ipclab
