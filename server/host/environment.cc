#include "server/host/environment.h"

#include <sys/utsname.h>

#include <fstream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace ipclab {
namespace {

std::string FirstLine(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

struct Processor {
  std::string model;
  bool virtual_machine = false;
};

Processor ReadProcessor() {
  Processor processor;
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    if (absl::StartsWith(line, "model name") && processor.model.empty()) {
      processor.model = std::string(absl::StripAsciiWhitespace(line.substr(colon + 1)));
    }
    if (absl::StartsWith(line, "flags")) {
      processor.virtual_machine = absl::StrContains(line, " hypervisor");
      break;
    }
  }
  return processor;
}

}  // namespace

v1::Environment ReadEnvironment(const Topology& topology, const v1::Environment& of_workers) {
  v1::Environment environment = of_workers;
  utsname names;
  if (uname(&names) == 0) environment.set_kernel(names.release);
  Processor processor = ReadProcessor();
  environment.set_cpu_model(std::move(processor.model));
  environment.set_virtual_machine(processor.virtual_machine);
  environment.set_cpus(static_cast<int32_t>(topology.cpus.size()));
  environment.set_clock_source(
      FirstLine("/sys/devices/system/clocksource/clocksource0/current_clocksource"));
  return environment;
}

}  // namespace ipclab
