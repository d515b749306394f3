#include "server/host/environment.h"

#include <gnu/libc-version.h>
#include <sys/utsname.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/stubs/common.h"
#include "grpcpp/grpcpp.h"
#include "server/host/memory.h"

namespace ipclab {
namespace {

std::string FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

struct Processor {
  std::string model;
  std::string microcode;
  bool virtual_machine = false;
};

Processor ReadProcessor(const std::string& root) {
  Processor processor;
  std::ifstream file(root + "/proc/cpuinfo");
  for (std::string line; std::getline(file, line) && !line.empty();) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string value(absl::StripAsciiWhitespace(line.substr(colon + 1)));
    if (absl::StartsWith(line, "model name")) processor.model = value;
    if (absl::StartsWith(line, "microcode")) processor.microcode = value;
    if (absl::StartsWith(line, "flags")) {
      processor.virtual_machine = absl::StrContains(line, " hypervisor");
    }
  }
  return processor;
}

// What the processor's leaf for hypervisors says.
std::string Hypervisor() {
#if defined(__x86_64__)
  unsigned a = 0;
  std::array<unsigned, 3> name = {};
  __cpuid(0x40000000, a, name[0], name[1], name[2]);
  std::array<char, 13> text = {};
  std::memcpy(text.data(), name.data(), 12);
  return text.data();
#else
  return "";
#endif
}

// "performance", or several with commas between.
std::string Governors(const std::string& root, const Topology& topology) {
  std::set<std::string> governors;
  for (const Cpu& cpu : topology.cpus) {
    const std::string governor = FirstLine(
        absl::StrCat(root, "/sys/devices/system/cpu/cpu", cpu.id, "/cpufreq/scaling_governor"));
    if (!governor.empty()) governors.insert(governor);
  }
  return absl::StrJoin(governors, ",");
}

// Two drivers, two files of opposite sense.
std::string Boost(const std::string& root) {
  const std::string cpu = root + "/sys/devices/system/cpu";
  if (const std::string boost = FirstLine(cpu + "/cpufreq/boost"); !boost.empty()) {
    return boost == "0" ? "off" : "on";
  }
  const std::string no_turbo = FirstLine(cpu + "/intel_pstate/no_turbo");
  return no_turbo.empty() ? "" : no_turbo == "0" ? "on" : "off";
}

// CPUs' worth of time; 0 without a limit.
double CpuQuota(const std::string& root) {
  std::ifstream file(root + "/sys/fs/cgroup/cpu.max");
  double quota = 0;
  double period = 0;
  return file >> quota >> period && period > 0 ? quota / period : 0;
}

// The bracketed word of "always [madvise] never".
std::string Chosen(const std::string& line) {
  const size_t begin = line.find('[');
  const size_t end = line.find(']');
  if (begin == std::string::npos || end == std::string::npos || end < begin) return "";
  return line.substr(begin + 1, end - begin - 1);
}

void AddMitigations(const std::string& root, v1::Environment& environment) {
  std::error_code none;  // an older kernel: there is nothing to read
  const std::string folder = root + "/sys/devices/system/cpu/vulnerabilities";
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    const std::string state = FirstLine(entry.path());
    if (state.empty() || state == "Not affected") continue;
    (*environment.mutable_mitigations())[entry.path().filename()] = state;
  }
}

// FNV-1a: the word is the same in every build and on every day.
std::string Hash(const std::string& text) {
  uint64_t hash = 14695981039346656037u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return absl::StrFormat("%08x", static_cast<uint32_t>(hash ^ (hash >> 32)));
}

std::string HostClass(const v1::Environment& host) {
  std::vector<std::string> facts = {host.kernel(),
                                    host.cpu_model(),
                                    absl::StrCat(host.cpus()),
                                    host.hypervisor(),
                                    host.governor(),
                                    host.boost(),
                                    host.smt(),
                                    host.microcode(),
                                    host.clock_source(),
                                    host.worker_clock(),
                                    absl::StrCat(host.cpu_quota())};
  std::set<std::string> mitigations;  // a map of protobuf has no order
  for (const auto& [name, state] : host.mitigations()) mitigations.insert(name + state);
  facts.insert(facts.end(), mitigations.begin(), mitigations.end());
  return Hash(absl::StrJoin(facts, "\n"));
}

}  // namespace

v1::Environment ReadEnvironment(const Topology& topology, const v1::Environment& of_workers,
                                const std::string& root) {
  v1::Environment environment = of_workers;
  utsname names;
  if (uname(&names) == 0) environment.set_kernel(names.release);
  Processor processor = ReadProcessor(root);
  environment.set_cpu_model(std::move(processor.model));
  environment.set_microcode(std::move(processor.microcode));
  environment.set_virtual_machine(processor.virtual_machine);
  if (processor.virtual_machine) environment.set_hypervisor(Hypervisor());
  environment.set_cpus(static_cast<int32_t>(topology.cpus.size()));
  environment.set_clock_source(
      FirstLine(root + "/sys/devices/system/clocksource/clocksource0/current_clocksource"));
  environment.set_governor(Governors(root, topology));
  environment.set_boost(Boost(root));
  environment.set_smt(FirstLine(root + "/sys/devices/system/cpu/smt/control"));
  environment.set_cpu_quota(CpuQuota(root));
  environment.set_transparent_huge_pages(
      Chosen(FirstLine(root + "/sys/kernel/mm/transparent_hugepage/enabled")));
  environment.set_memory_bytes(HostMemoryBytes());
  AddMitigations(root, environment);
  auto& versions = *environment.mutable_versions();
  versions["ipclab"] = IPCLAB_VERSION;
  versions["glibc"] = ::gnu_get_libc_version();
  versions["grpc"] = grpc::Version();
  versions["protobuf"] = google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION);
  environment.set_host_class(HostClass(environment));
  return environment;
}

}  // namespace ipclab
