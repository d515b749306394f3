#include "clients/cli/warning_text.h"

#include "clients/cli/parse.h"

namespace ipclab::cli {

std::string WarningText(v1::Result::Warning warning) {
  switch (warning) {
    case v1::Result::SAME_CPU:
      return "workers shared a CPU, so each hand-over between them is a context switch";
    case v1::Result::SPIN_ON_ONE_CPU:
      return "workers spun on a CPU that they shared: while one tries, the other cannot run, until "
             "the one yields";
    case v1::Result::BEHIND_SCHEDULE:
      return "behind schedule: less than 99% of what was due could be sent in time, so latency is "
             "that of a queue which grows";
    case v1::Result::SMT_SIBLING:
      return "the workers ran on two hardware threads of one core and slowed each other";
    case v1::Result::MIGRATED:
      return "a worker was moved to another CPU than the one it was pinned to";
    case v1::Result::CLOCK_COARSE:
      return "the median is less than five times the cost of reading the clock";
    case v1::Result::SHARED_CPUS:
      return "another experiment was allowed on the same CPUs";
    default:
      return LowerName(v1::Result::Warning_Name(warning));
  }
}

}  // namespace ipclab::cli
