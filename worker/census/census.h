// Counts what the work of one leg costs: system calls, instructions, cycles. A leg that is counted
// is slower than others: its times are no figures.
//
// Made by a worker for one leg, and used by its only measuring thread:
//
//   Census census;
//   census.Begin();
//   ... the part of the pattern ...
//   census.End(page);
#pragma once

#include "common/pages.h"
#include "worker/census/hardware_count.h"
#include "worker/census/system_call_count.h"

namespace ipclab {

class Census {
 public:
  void Begin();

  // Puts the counts into the page, or -1 and the reason.
  void End(WorkerPage& page);

 private:
  // Counting is itself in the hardware's counts: the kernel sends a signal for each system call.
  // This finds out how much that is, to be taken off.
  void FindCostOfCounting();

  SystemCallCount system_calls_;
  HardwareCount hardware_;
  HardwareCount::Counts cost_of_call_;  // of counting a system call
  HardwareCount::Counts cost_of_read_;  // of reading the hardware's counters meanwhile
  HardwareCount::Counts begin_;         // where they stood
};

}  // namespace ipclab
