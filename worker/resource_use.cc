#include "worker/resource_use.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "worker/children.h"

namespace ipclab {
namespace {

int64_t Nanos(const timeval& time) {
  return int64_t{time.tv_sec} * 1'000'000'000 + int64_t{time.tv_usec} * 1000;
}

// What a file of /proc says now; empty where it is not there.
std::array<char, 80> TextOf(const UniqueFd& file) {
  std::array<char, 80> text = {};
  if (!file || ::pread(file.get(), text.data(), text.size() - 1, 0) <= 0) text[0] = 0;
  return text;
}

}  // namespace

ResourceUse ResourceUse::operator-(const ResourceUse& earlier) const {
  return {user_nanos - earlier.user_nanos,
          system_nanos - earlier.system_nanos,
          voluntary_switches - earlier.voluntary_switches,
          involuntary_switches - earlier.involuntary_switches,
          minor_faults - earlier.minor_faults,
          major_faults - earlier.major_faults,
          run_delay_nanos - earlier.run_delay_nanos};
}

void ResourceUse::StoreIn(WorkerPage& page) const {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  page.cpu_user_nanos.store(user_nanos, kRelaxed);
  page.cpu_system_nanos.store(system_nanos, kRelaxed);
  page.voluntary_switches.store(voluntary_switches, kRelaxed);
  page.involuntary_switches.store(involuntary_switches, kRelaxed);
  page.minor_faults.store(minor_faults, kRelaxed);
  page.major_faults.store(major_faults, kRelaxed);
  page.run_delay_nanos.store(run_delay_nanos, kRelaxed);
}

ResourceUse ResourceMeter::Read() {
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);  // Fails for no argument of ours.
  return {Nanos(usage.ru_utime) + ChildrenNanos(),
          Nanos(usage.ru_stime),
          usage.ru_nvcsw,
          usage.ru_nivcsw,
          usage.ru_minflt,
          usage.ru_majflt,
          RunDelayNanos()};
}

int64_t ResourceMeter::RunDelayNanos() {
  // A kernel without CONFIG_SCHED_INFO has no such file: it is tried again, and not found again.
  if (!schedstat_) schedstat_.Reset(::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC));
  return RunDelayIn(TextOf(schedstat_).data());
}

int64_t ResourceMeter::ChildrenNanos() {
  if (!children_) {
    children_.emplace();
    for (const pid_t child : Children()) {
      const std::string path = absl::StrCat("/proc/", child, "/schedstat");
      children_->emplace_back(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    }
  }
  int64_t sum = 0;
  for (const UniqueFd& child : *children_) sum += RunTimeIn(TextOf(child).data());
  return sum;
}

int64_t RunTimeIn(const char* schedstat) {
  return static_cast<int64_t>(std::strtoull(schedstat, nullptr, 10));
}

int64_t RunDelayIn(const char* schedstat) {
  char* end = nullptr;
  std::strtoull(schedstat, &end, 10);
  return static_cast<int64_t>(std::strtoull(end, nullptr, 10));
}

}  // namespace ipclab
