#include "clients/cli/environment_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::Environment Host() {
  v1::Environment host;
  host.set_kernel("6.1.0");
  host.set_cpu_model("EPYC");
  host.set_microcode("0xa10");
  host.set_cpus(2);
  host.set_smt("notsupported");
  host.set_cpu_quota(1.5);
  host.set_governor("schedutil");
  host.set_boost("on");
  host.set_virtual_machine(true);
  host.set_hypervisor("KVMKVMKVM");
  host.set_memory_bytes(int64_t{8} << 30);
  host.set_transparent_huge_pages("madvise");
  host.set_worker_clock("tsc");
  host.set_host_class("ab12");
  (*host.mutable_mitigations())["spectre_v2"] = "Mitigation: Retpolines, IBPB: conditional";
  (*host.mutable_mitigations())["meltdown"] = "Mitigation: PTI";
  (*host.mutable_versions())["ipclab"] = "0.1.0";
  (*host.mutable_versions())["glibc"] = "2.36";
  return host;
}

TEST(EnvironmentPage, TellsWhatFiguresDependOn) {
  const std::string page = EnvironmentPage(Host(), {});
  EXPECT_THAT(page, HasSubstr("processor       EPYC, microcode 0xa10\n"));
  EXPECT_THAT(page, HasSubstr("CPUs            2, SMT notsupported, quota of 1.5\n"));
  EXPECT_THAT(page, HasSubstr("frequency       governor schedutil, boost on\n"));
  EXPECT_THAT(page, HasSubstr("memory          8.0 GiB, huge pages madvise\n"));
  EXPECT_THAT(page, HasSubstr("virtual machine yes, KVMKVMKVM\n"));
  EXPECT_THAT(page, HasSubstr("mitigations     meltdown: Mitigation: PTI; spectre_v2: Mitigation: "
                              "Retpolines, IBPB: conditional\n"));
  EXPECT_THAT(page, HasSubstr("versions        glibc 2.36; ipclab 0.1.0\n"));
  EXPECT_THAT(page, HasSubstr("host class      ab12\n"));
}

TEST(EnvironmentPage, LeavesOutWhatIsNotKnown) {
  v1::Environment host;
  host.set_cpus(4);
  const std::string page = EnvironmentPage(host, {});
  EXPECT_THAT(page, HasSubstr("CPUs            4\n"));
  EXPECT_THAT(page, HasSubstr("virtual machine no\n"));
  for (const char* name : {"frequency", "memory", "mitigations", "versions", "host class"}) {
    EXPECT_THAT(page, Not(HasSubstr(name)));
  }
}

TEST(EnvironmentPage, FitsEightyColumns) {
  const std::string page = EnvironmentPage(Host(), {.width = 80});
  for (const absl::string_view line : absl::StrSplit(page, '\n'))
    EXPECT_LE(line.size(), 80u) << line;
}

}  // namespace
}  // namespace ipclab::cli
