#include "server/host/cpu_times.h"

#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>

namespace ipclab {

std::map<int, CpuTime> ReadCpuTimes(const std::string& path) {
  const int64_t nanos_per_tick = 1'000'000'000 / ::sysconf(_SC_CLK_TCK);
  std::map<int, CpuTime> times;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line) && line.starts_with("cpu");) {
    std::istringstream fields(line.substr(3));
    int cpu = 0;
    // user nice system idle iowait irq softirq steal; what guests use is in user already.
    std::array<int64_t, 8> ticks = {};
    if (line[3] == ' ' || !(fields >> cpu)) continue;  // the sum of all
    for (int64_t& each : ticks) fields >> each;
    const auto [user, nice, system, idle, io_wait, interrupt, soft_interrupt, steal] = ticks;
    times[cpu] = {.busy = (user + nice + system) * nanos_per_tick,
                  .interrupts = (interrupt + soft_interrupt) * nanos_per_tick,
                  .idle = (idle + io_wait) * nanos_per_tick,
                  .steal = steal * nanos_per_tick};
  }
  return times;
}

double ReadLoadAverage(const std::string& path) {
  std::ifstream file(path);
  double load = 0;
  file >> load;
  return load;
}

}  // namespace ipclab
