#include "common/clock.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <vector>

#include "common/topology.h"

namespace ipclab {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

// Before anything here could have changed it.
const std::vector<int> cpus_at_start = AllowedCpus();

int64_t RawNanos() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC_RAW, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}

const Clock& Calibrated() {
  static const Clock clock = Clock::Calibrate();
  return clock;
}

// How far the clock is off CLOCK_MONOTONIC_RAW over about 20 ms, in parts per million.
double ErrorPpm(const Clock& clock) {
  const uint64_t first = clock.Now();
  const int64_t from = RawNanos();
  while (RawNanos() - from < 20'000'000) {
  }
  const uint64_t second = clock.Now();
  const int64_t to = RawNanos();
  return std::abs(static_cast<double>(clock.Nanos(first, second) - (to - from)) /
                  static_cast<double>(to - from)) *
         1e6;
}

TEST(ClockTest, AgreesWithTheKernelsClock) {
  // An interruption between the two readings spoils one try, not all of them.
  double least = 1e9;
  for (int i = 0; i < 50 && least > 100; ++i) least = std::min(least, ErrorPpm(Calibrated()));
  EXPECT_LE(least, 100);
}

TEST(ClockTest, SaysWhatItIs) {
  EXPECT_EQ(Calibrated().name(), Calibrated().is_tsc() ? "tsc" : "clock_gettime");
  EXPECT_EQ(Clock::System().name(), "clock_gettime");
  EXPECT_FALSE(Clock::System().is_tsc());
  EXPECT_TRUE(Clock::System().synchronised());
  EXPECT_EQ(Clock::System().hertz(), 1e9);
}

TEST(ClockTest, NanosOfTheSystemClockAreItsTicks) {
  const Clock clock = Clock::System();
  EXPECT_EQ(clock.Nanos(1000, 3500), 2500);
  EXPECT_EQ(clock.Nanos(3500, 1000), -2500);
  EXPECT_EQ(clock.Ticks(2500), 2500u);
}

TEST(ClockTest, TicksAndNanosAreInverse) {
  for (const int64_t nanos : {int64_t{1'000}, int64_t{123'456'789}, 86'400 * kSecond}) {
    const int64_t back = Calibrated().Nanos(0, Calibrated().Ticks(nanos));
    EXPECT_LE(back, nanos);
    EXPECT_GE(back, nanos - 20);
  }
}

TEST(ClockTest, AYearDoesNotOverflow) {
  constexpr int64_t kYear = 365 * 86'400 * kSecond;
  const auto ticks = static_cast<uint64_t>(Calibrated().hertz() * 365 * 86'400);
  EXPECT_NEAR(static_cast<double>(Calibrated().Nanos(0, ticks)), static_cast<double>(kYear),
              static_cast<double>(kYear) * 1e-6);
}

TEST(ClockTest, NeverGoesBackOnOneThread) {
  if (!Calibrated().synchronised()) GTEST_SKIP() << "the counters of this host differ";
  const uint64_t tolerance = Calibrated().Ticks(1'000);
  uint64_t previous = Calibrated().Now();
  for (int i = 0; i < 100'000; ++i) {
    const uint64_t now = Calibrated().Now();
    ASSERT_GE(now + tolerance, previous);
    previous = now;
  }
}

TEST(ClockTest, ReadingsNameTheirCpu) {
  if (!Calibrated().is_tsc()) {
    EXPECT_EQ(Calibrated().Read().cpu, -1);
    return;
  }
  cpu_set_t allowed;
  ASSERT_EQ(::sched_getaffinity(0, sizeof(allowed), &allowed), 0);
  for (const int cpu : AllowedCpus()) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<size_t>(cpu), &one);
    ASSERT_EQ(::sched_setaffinity(0, sizeof(one), &one), 0);
    EXPECT_EQ(Calibrated().Read().cpu, cpu);
  }
  EXPECT_EQ(::sched_setaffinity(0, sizeof(allowed), &allowed), 0);
}

TEST(ClockTest, ReportsWhatAReadingCosts) {
  for (const Clock& clock : {Calibrated(), Clock::System()}) {
    EXPECT_GT(clock.cost_nanos(), 1);
    EXPECT_LT(clock.cost_nanos(), 100'000);
    EXPECT_GT(clock.step_nanos(), 0);
    EXPECT_LT(clock.step_nanos(), 100'000);
  }
}

TEST(ClockTest, CalibrationLeavesNoTrace) {
  Clock::Calibrate();
  EXPECT_EQ(AllowedCpus(), cpus_at_start);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace ipclab
