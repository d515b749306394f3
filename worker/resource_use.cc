#include "worker/resource_use.h"

#include <sys/resource.h>

namespace ipclab {
namespace {

int64_t Nanos(const timeval& time) {
  return int64_t{time.tv_sec} * 1'000'000'000 + int64_t{time.tv_usec} * 1000;
}

}  // namespace

ResourceUse ResourceUse::Now() {
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);  // Fails for no argument of ours.
  return {Nanos(usage.ru_utime), Nanos(usage.ru_stime), usage.ru_nvcsw,
          usage.ru_nivcsw,       usage.ru_minflt,       usage.ru_majflt};
}

ResourceUse ResourceUse::operator-(const ResourceUse& earlier) const {
  return {user_nanos - earlier.user_nanos,
          system_nanos - earlier.system_nanos,
          voluntary_switches - earlier.voluntary_switches,
          involuntary_switches - earlier.involuntary_switches,
          minor_faults - earlier.minor_faults,
          major_faults - earlier.major_faults};
}

void ResourceUse::StoreIn(WorkerPage& page) const {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  page.cpu_user_nanos.store(user_nanos, kRelaxed);
  page.cpu_system_nanos.store(system_nanos, kRelaxed);
  page.voluntary_switches.store(voluntary_switches, kRelaxed);
  page.involuntary_switches.store(involuntary_switches, kRelaxed);
  page.minor_faults.store(minor_faults, kRelaxed);
  page.major_faults.store(major_faults, kRelaxed);
}

}  // namespace ipclab
