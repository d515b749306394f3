#include "worker/census/hardware_count.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "worker/census/threads.h"

namespace ipclab {
namespace {

int Paranoid() {
  int value = 0;
  std::ifstream("/proc/sys/kernel/perf_event_paranoid") >> value;
  return value;
}

}  // namespace

HardwareCount::HardwareCount()
    : HardwareCount({PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, PERF_COUNT_HW_CPU_CYCLES}) {}

void HardwareCount::Begin() {
  for (const ThreadOfProcess& thread : ThreadsOfThisProcess()) {
    if (Open(thread.id, events_.instructions, instructions_) &&
        Open(thread.id, events_.cycles, cycles_)) {
      continue;
    }
    if (errno == ESRCH) continue;  // it ended meanwhile
    absent_ = WhyNoCounters(errno, Paranoid());
    break;
  }
  if (absent_.empty() && cycles_.empty()) absent_ = "/proc/self/task: it tells of no thread";
  if (absent_.empty()) return;
  instructions_.clear();
  cycles_.clear();
}

bool HardwareCount::Open(int thread, uint64_t event, std::vector<UniqueFd>& counters) {
  perf_event_attr attributes = {};
  attributes.type = events_.type;
  attributes.size = sizeof attributes;
  attributes.config = event;
  attributes.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  attributes.inherit = 1;
  attributes.exclude_hv = 1;
  const auto fd = static_cast<int>(::syscall(SYS_perf_event_open, &attributes, thread, /*cpu=*/-1,
                                             /*group=*/-1, PERF_FLAG_FD_CLOEXEC));
  if (fd >= 0) counters.emplace_back(fd);
  return fd >= 0;
}

HardwareCount::Counts HardwareCount::Read() { return {Sum(instructions_), Sum(cycles_)}; }

int64_t HardwareCount::Sum(const std::vector<UniqueFd>& counters) {
  int64_t sum = 0;
  for (const UniqueFd& counter : counters) {
    struct {
      uint64_t count, enabled, running;
    } value = {};
    if (::read(counter.get(), &value, sizeof value) != sizeof value) continue;
    if (value.running == 0) continue;  // a thread that has not run
    const double share = static_cast<double>(value.enabled) / static_cast<double>(value.running);
    sum += value.running == value.enabled
               ? static_cast<int64_t>(value.count)
               : static_cast<int64_t>(static_cast<double>(value.count) * share);
  }
  return sum;
}

std::string WhyNoCounters(int error, int paranoid) {
  switch (error) {
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP:
      return "perf_event_open: this machine shows no hardware counters, as most virtual ones";
    case EACCES:
    case EPERM:
      if (paranoid > 1) {
        return absl::StrCat("kernel.perf_event_paranoid is ", paranoid,
                            "; 1 or less, or CAP_PERFMON, allows it");
      }
      return "perf_event_open is forbidden, as by a container's seccomp profile; CAP_PERFMON and "
             "one that has it allow it";
    case ENOSYS:
      return "perf_event_open: not in this kernel (CONFIG_PERF_EVENTS)";
    default:
      return absl::StrCat("perf_event_open: ", std::strerror(error));
  }
}

}  // namespace ipclab
