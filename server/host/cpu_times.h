// What the kernel says that its CPUs did, from /proc/stat. Values.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace ipclab {

// Of one CPU since the host was started, in nanoseconds; the kernel counts in ticks of 10 ms.
struct CpuTime {
  // In any process. Interrupts are apart: what they do for a process that just sends, some kernels
  // take out of that process's time.
  int64_t busy = 0;
  int64_t interrupts = 0;
  int64_t idle = 0;   // waiting for a disk included
  int64_t steal = 0;  // the hypervisor gave it to others

  CpuTime operator-(const CpuTime& earlier) const {
    return {busy - earlier.busy, interrupts - earlier.interrupts, idle - earlier.idle,
            steal - earlier.steal};
  }
  int64_t total() const { return busy + interrupts + idle + steal; }
  bool operator==(const CpuTime&) const = default;
};

// By CPU. Empty when there is no such file.
std::map<int, CpuTime> ReadCpuTimes(const std::string& path = "/proc/stat");

// Processes ready to run, the mean of the last minute; 0 when it cannot be read.
double ReadLoadAverage(const std::string& path = "/proc/loadavg");

}  // namespace ipclab
