#include "common/clock.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <string>

#include "common/counter_agreement.h"
#include "common/topology.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace ipclab {
namespace {

constexpr double kTwo32 = 4294967296.0;
constexpr int64_t kNanosPerSecond = 1'000'000'000;

int64_t RawNanos() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC_RAW, &now);
  return now.tv_sec * kNanosPerSecond + now.tv_nsec;
}

#if defined(__x86_64__)

constexpr int64_t kCalibrationNanos = 25'000'000;
constexpr double kAgreementNanos = 1'000;
// For one CPU to show that it agrees: mostly a microsecond, but one of the two may not be running.
constexpr double kGiveUpNanos = 300'000'000;

bool HasInvariantTsc() {
  unsigned a, b, c, d;
  constexpr unsigned kRdtscp = 1u << 27;
  constexpr unsigned kInvariant = 1u << 8;
  return __get_cpuid(0x80000001, &a, &b, &c, &d) != 0 && (d & kRdtscp) != 0 &&
         __get_cpuid(0x80000007, &a, &b, &c, &d) != 0 && (d & kInvariant) != 0;
}

// The kernel watches the TSC and drops it as its own clock when it goes astray. Where it does not
// say (a container without /sys), the processor's word and the comparison of CPUs must do.
bool KernelDistrustsTsc() {
  std::ifstream file("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  std::string name;
  return file >> name && name != "tsc";
}

uint64_t ReadTsc() {
  unsigned cpu;
  return __rdtscp(&cpu);
}

// One moment by both clocks.
struct Moment {
  uint64_t ticks;
  int64_t nanos;
};

// Of many brackets, the tightest: there was no interruption between its readings.
Moment ReadBoth() {
  Moment best = {};
  uint64_t tightest = UINT64_MAX;
  for (int i = 0; i < 64; ++i) {
    const uint64_t before = ReadTsc();
    const int64_t nanos = RawNanos();
    const uint64_t width = ReadTsc() - before;
    if (width >= tightest) continue;
    tightest = width;
    best = {before + width / 2, nanos};
  }
  return best;
}

void WaitUntilRaw(int64_t deadline_nanos) {
  for (int64_t left; (left = deadline_nanos - RawNanos()) > 0;) {
    const timespec rest = {left / kNanosPerSecond, left % kNanosPerSecond};
    ::nanosleep(&rest, nullptr);
  }
}

#endif

}  // namespace

Clock Clock::Calibrate() {
  Clock clock;
  if (!clock.CalibrateTsc()) return System();
  clock.MeasureCost();
  return clock;
}

Clock Clock::System() {
  Clock clock;
  clock.MeasureCost();
  return clock;
}

// True when the TSC can serve; this clock reads it then.
bool Clock::CalibrateTsc() {
#if defined(__x86_64__)
  if (!HasInvariantTsc() || KernelDistrustsTsc()) return false;
  const Moment first = ReadBoth();
  WaitUntilRaw(first.nanos + kCalibrationNanos);
  const Moment second = ReadBoth();
  const double nanos_per_tick = static_cast<double>(second.nanos - first.nanos) /
                                static_cast<double>(second.ticks - first.ticks);
  // A frozen or emulated counter; real ones tick at 0.5 to 6 GHz.
  if (!(nanos_per_tick > 0.05 && nanos_per_tick < 20)) return false;
  tsc_ = true;
  nanos_per_tick_q32_ = std::llround(nanos_per_tick * kTwo32);
  synchronised_ =
      CountersAgree(AllowedCpus(), ReadTsc, static_cast<uint64_t>(kAgreementNanos / nanos_per_tick),
                    static_cast<uint64_t>(kGiveUpNanos / nanos_per_tick));
  return true;
#else
  return false;
#endif
}

double Clock::hertz() const {
  return static_cast<double>(kNanosPerSecond) * kTwo32 / static_cast<double>(nanos_per_tick_q32_);
}

Clock::Reading Clock::ReadSystem() { return {static_cast<uint64_t>(RawNanos()), -1}; }

void Clock::MeasureCost() {
  constexpr int kReads = 32;
  const double nanos_per_tick = static_cast<double>(nanos_per_tick_q32_) / kTwo32;
  std::array<uint64_t, 201> batches;
  uint64_t step = UINT64_MAX;
  for (uint64_t& batch : batches) {
    const uint64_t first = Now();
    uint64_t previous = first;
    for (int i = 0; i < kReads; ++i) {
      const uint64_t now = Now();
      if (now > previous) step = std::min(step, now - previous);
      previous = now;
    }
    batch = previous - first;
  }
  const auto median = batches.begin() + batches.size() / 2;
  std::nth_element(batches.begin(), median, batches.end());
  cost_nanos_ = static_cast<double>(*median) * nanos_per_tick / kReads;
  step_nanos_ = step == UINT64_MAX ? 0 : static_cast<double>(step) * nanos_per_tick;
}

}  // namespace ipclab
