// What the server sees of the host: processor times, stalls, and the record of the host itself.
#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"
#include "server/durations.h"
#include "server/host/cpu_times.h"
#include "server/host/environment.h"
#include "server/host/hiccup_clock.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

void Write(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path) << text;
}

TEST(CpuTimesTest, ReadsEachCpuAndNotTheirSum) {
  const TemporaryFolder folder;
  Write(folder.path() + "/stat",
        "cpu  30 0 0 0 0 0 0 0 0 0\ncpu0 1 2 3 40 5 6 7 8 1 1\ncpu3 10 0 0 20 0 0 0 0 0 0\n"
        "intr 5\n");
  const auto times = ReadCpuTimes(folder.path() + "/stat");
  ASSERT_EQ(times.size(), 2u);
  constexpr int64_t kTick = 10'000'000;
  EXPECT_EQ(
      times.at(0),
      (CpuTime{
          .busy = 6 * kTick, .interrupts = 13 * kTick, .idle = 45 * kTick, .steal = 8 * kTick}));
  EXPECT_EQ(times.at(3),
            (CpuTime{.busy = 10 * kTick, .interrupts = 0, .idle = 20 * kTick, .steal = 0}));
}

TEST(CpuTimesTest, WithoutTheFileThereIsNothing) {
  EXPECT_TRUE(ReadCpuTimes("/nowhere").empty());
  EXPECT_EQ(ReadLoadAverage("/nowhere"), 0);
}

TEST(CpuTimesTest, ThisHostsGrow) {
  const auto before = ReadCpuTimes();
  ASSERT_FALSE(before.empty());
  EXPECT_GT(before.begin()->second.total(), 0);
}

TEST(HiccupClockTest, AListenerHearsWhatWasLateWhileItListened) {
  HiccupClock clock;
  const absl::Time before = MonotonicNow() - absl::Hours(1);
  clock.Tick(before, before + absl::Milliseconds(50));
  const HiccupClock::Listener listener(clock);
  const absl::Time later = MonotonicNow() + absl::Hours(1);
  clock.Tick(later, later + absl::Microseconds(900));
  clock.Tick(later, later + absl::Milliseconds(32));
  clock.Tick(later, later + absl::Milliseconds(27));
  // Its own ticks may be late too, on a busy host.
  EXPECT_GE(listener.Heard().count, 2);
  EXPECT_GE(listener.Heard().longest, absl::Milliseconds(32));
  EXPECT_LT(listener.Heard().longest, absl::Hours(1));
}

TEST(EnvironmentTest, ReadsWhatFiguresDependOn) {
  const TemporaryFolder folder;
  const std::string cpus = folder.path() + "/sys/devices/system/cpu";
  Write(cpus + "/cpu0/cpufreq/scaling_governor", "schedutil\n");
  Write(cpus + "/cpu1/cpufreq/scaling_governor", "performance\n");
  Write(cpus + "/cpufreq/boost", "1\n");
  Write(cpus + "/smt/control", "on\n");
  Write(cpus + "/vulnerabilities/meltdown", "Mitigation: PTI\n");
  Write(cpus + "/vulnerabilities/mds", "Not affected\n");
  Write(folder.path() + "/sys/fs/cgroup/cpu.max", "150000 100000\n");
  Write(folder.path() + "/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
  Write(folder.path() + "/proc/cpuinfo",
        "processor : 0\nmodel name : A CPU\nmicrocode : 0x1\nflags : fpu tsc\n\nmodel name : B\n");
  Topology topology;
  topology.cpus = {Cpu{.id = 0}, Cpu{.id = 1}};
  const v1::Environment host = ReadEnvironment(topology, {}, folder.path());
  EXPECT_EQ(host.governor(), "performance,schedutil");
  EXPECT_EQ(host.boost(), "on");
  EXPECT_EQ(host.smt(), "on");
  EXPECT_EQ(host.cpu_quota(), 1.5);
  EXPECT_EQ(host.transparent_huge_pages(), "madvise");
  EXPECT_EQ(host.cpu_model(), "A CPU");
  EXPECT_EQ(host.microcode(), "0x1");
  EXPECT_FALSE(host.virtual_machine());
  ASSERT_EQ(host.mitigations().size(), 1u);
  EXPECT_EQ(host.mitigations().at("meltdown"), "Mitigation: PTI");
  EXPECT_FALSE(host.versions().at("glibc").empty());
  EXPECT_FALSE(host.host_class().empty());
}

TEST(EnvironmentTest, HostsThatDifferAreOfDifferentClasses) {
  const TemporaryFolder folder;
  Topology topology;
  topology.cpus = {Cpu{.id = 0}};
  const std::string alone = ReadEnvironment(topology, {}, folder.path()).host_class();
  EXPECT_EQ(ReadEnvironment(topology, {}, folder.path()).host_class(), alone);
  Write(folder.path() + "/sys/devices/system/cpu/smt/control", "on\n");
  EXPECT_NE(ReadEnvironment(topology, {}, folder.path()).host_class(), alone);
}

TEST(EnvironmentTest, WithoutAnyFileItSaysNothingThatIsNotSo) {
  const TemporaryFolder folder;
  const v1::Environment host = ReadEnvironment({}, {}, folder.path());
  EXPECT_EQ(host.governor(), "");
  EXPECT_EQ(host.boost(), "");
  EXPECT_EQ(host.cpu_quota(), 0);
  EXPECT_TRUE(host.mitigations().empty());
}

}  // namespace
}  // namespace ipclab
