#include "worker/control_line.h"

#include <sched.h>

#include <chrono>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace ipclab {
namespace {

void PinThread(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  ASSERT_EQ(sched_setaffinity(0, sizeof set, &set), 0);
}

std::vector<int> AllowedCpus() {
  cpu_set_t set;
  sched_getaffinity(0, sizeof set, &set);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

// The server's median of each set, with one player on each of these CPUs.
std::vector<int64_t> Play(int servers_cpu, int others_cpu, std::vector<int> sets) {
  const Clock clock = Clock::System();
  std::atomic<uint64_t> ball = 0;
  std::vector<int64_t> medians;
  std::thread other([&] {
    PinThread(others_cpu);
    ControlLine line(ball, clock);
    for (size_t set = 0; set < sets.size(); ++set) line.Return();
  });
  std::thread server([&] {
    PinThread(servers_cpu);
    ControlLine line(ball, clock);
    for (const int rounds : sets) medians.push_back(line.Serve(rounds));
  });
  server.join();
  other.join();
  return medians;
}

TEST(ControlLineTest, GoesOnOverSeveralSetsOfAnyNumberOfRounds) {
  const auto cpus = AllowedCpus();
  for (const int64_t median : Play(cpus.front(), cpus.back(), {1, 16, 17, 400, 3})) {
    EXPECT_GT(median, 0);
  }
}

TEST(ControlLineTest, EndsSoonWhenBothPlayersShareACpu) {
  const int cpu = AllowedCpus().front();
  const auto begin = std::chrono::steady_clock::now();
  Play(cpu, cpu, {400, 400});
  // Spinning at every hand-over until the scheduler's tick would take seconds.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

}  // namespace
}  // namespace ipclab
