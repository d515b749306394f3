#include "clients/cli/warning_text.h"

#include "clients/cli/parse.h"

namespace ipclab::cli {

std::string WarningText(v1::Result::Warning warning, v1::MeasureSpec::Wait wait) {
  const bool spins = wait == v1::MeasureSpec::SPIN || wait == v1::MeasureSpec::SPIN_THEN_BLOCK;
  switch (warning) {
    case v1::Result::SAME_CPU:
      if (spins) {
        return "both workers spun on one CPU: while one tries, the other cannot run, until the one "
               "yields";
      }
      return "both workers ran on one CPU, so each hand-over is a context switch";
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
