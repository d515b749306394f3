// The CPUs of this host and how they are related, from /sys. Placement is planned from it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace ipclab {

struct Cpu {
  int id = 0;      // as in sched_setaffinity
  int core = 0;    // unique within the host: CPUs of one core are hardware threads
  int cache = 0;   // CPUs with one number share their last cache
  int socket = 0;  // physical package

  bool operator==(const Cpu&) const = default;
};

struct Topology {
  std::vector<Cpu> cpus;  // those this process may use, by ascending id

  bool operator==(const Topology&) const = default;
  const Cpu* Find(int id) const;
};

// The CPUs that the calling thread may run on, ascending; never empty.
std::vector<int> AllowedCpus();

// Reads the CPUs of the affinity mask and their relations below root ("/sys/devices/system/cpu").
// Where /sys says nothing (a container), each CPU counts as a core of its own on one socket with
// one cache.
Topology ReadTopology(const std::string& root = "/sys/devices/system/cpu");

// The same for these CPUs, given in ascending order.
Topology ReadTopology(const std::vector<int>& cpus, const std::string& root);

// Parses the kernel's list form: "0-3,8,10-11", ascending and each once in the result.
// INVALID_ARGUMENT on anything else, the empty list too.
absl::StatusOr<std::vector<int>> ParseCpuList(const std::string& text);

}  // namespace ipclab
