#include "clients/cli/environment_page.h"

#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/sections.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

// "name text" of each, ordered by name.
template <typename Map>
std::string Listed(const Map& map, const char* between) {
  std::vector<std::string> parts;
  for (const auto& [name, text] : std::map<std::string, std::string>(map.begin(), map.end())) {
    parts.push_back(Printable(absl::StrCat(name, between, text)));
  }
  return absl::StrJoin(parts, "; ");
}

std::string ProcessorText(const v1::Environment& host) {
  if (host.microcode().empty()) return host.cpu_model();
  return absl::StrCat(host.cpu_model(), ", microcode ", host.microcode());
}

// "2, SMT notsupported, time of 1.5 at most"
std::string CpusText(const v1::Environment& host) {
  std::string text = absl::StrCat(host.cpus());
  if (!host.smt().empty()) absl::StrAppend(&text, ", SMT ", host.smt());
  if (host.cpu_quota() > 0) absl::StrAppend(&text, ", quota of ", host.cpu_quota());
  return text;
}

std::string FrequencyText(const v1::Environment& host) {
  std::vector<std::string> parts;
  if (!host.governor().empty()) parts.push_back("governor " + host.governor());
  if (!host.boost().empty()) parts.push_back("boost " + host.boost());
  return absl::StrJoin(parts, ", ");
}

std::string MachineText(const v1::Environment& host) {
  if (!host.virtual_machine()) return "no";
  return host.hypervisor().empty() ? "yes" : absl::StrCat("yes, ", Printable(host.hypervisor()));
}

std::string MemoryText(const v1::Environment& host) {
  std::vector<std::string> parts;
  if (host.memory_bytes() > 0) {
    parts.push_back(
        absl::StrFormat("%.1f GiB", static_cast<double>(host.memory_bytes()) / (1 << 30)));
  }
  if (!host.transparent_huge_pages().empty()) {
    parts.push_back("huge pages " + host.transparent_huge_pages());
  }
  return absl::StrJoin(parts, ", ");
}

std::string WorkersClockText(const v1::Environment& host) {
  return absl::StrFormat("%s, %.3f GHz, a reading costs %s, least step %s", host.worker_clock(),
                         host.clock_hertz() / 1e9, NanosText(host.clock_cost_nanos()),
                         NanosText(host.clock_step_nanos()));
}

}  // namespace

std::string EnvironmentPage(const v1::Environment& host, const Terminal& terminal) {
  return Section(
      "host",
      {{"kernel", host.kernel()},
       {"processor", ProcessorText(host)},
       {"CPUs", CpusText(host)},
       {"frequency", FrequencyText(host)},
       {"memory", MemoryText(host)},
       {"virtual machine", MachineText(host)},
       {"mitigations", Listed(host.mitigations(), ": ")},
       {"clock source", host.clock_source()},
       {"workers' clock", WorkersClockText(host)},
       {"clocks agree", host.clock_synchronised() ? "yes: one-way latency can be measured"
                                                  : "no: one-way latency cannot be measured"},
       {"built by", host.build()},
       {"versions", Listed(host.versions(), " ")},
       {"host class", host.host_class()}},
      terminal);
}

}  // namespace ipclab::cli
