// The clock of the measured processes: the invariant time stamp counter, calibrated against
// CLOCK_MONOTONIC_RAW, or clock_gettime where there is none to trust.
//
// The zygote calibrates once at its start; workers inherit the calibration by fork. Ticks of
// different CPUs may be compared only when synchronised() says so.
#pragma once

#include <cstdint>
#include <string_view>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace ipclab {

class Clock {
 public:
  // A reading: ticks, and the CPU that they were read on (-1 where the clock cannot tell).
  struct Reading {
    uint64_t ticks;
    int cpu;
  };

  // Finds out which clock can be trusted and calibrates it; takes about 30 ms. Pins the calling
  // thread to each allowed CPU in turn to compare their counters (see counter_agreement.h), then
  // restores its affinity. Call it while the process has one thread: it forks a child that helps
  // and is reaped on return.
  static Clock Calibrate();

  // clock_gettime(CLOCK_MONOTONIC_RAW): for hosts without an invariant TSC, and for tests.
  static Clock System();

  // Reads the clock. Earlier loads and instructions are done before it (rdtscp waits for them).
  Reading Read() const {
#if defined(__x86_64__)
    if (tsc_) {
      unsigned aux;
      const uint64_t ticks = __rdtscp(&aux);
      return {ticks, static_cast<int>(aux & 0xfff)};
    }
#endif
    return ReadSystem();
  }
  uint64_t Now() const { return Read().ticks; }

  // Nanoseconds between two readings, negative when to is the earlier one; rounded down.
  int64_t Nanos(uint64_t from, uint64_t to) const {
    return static_cast<int64_t>(
        (static_cast<Wide>(static_cast<int64_t>(to - from)) * nanos_per_tick_q32_) >> 32);
  }

  // Ticks in so many nanoseconds.
  uint64_t Ticks(int64_t nanos) const {
    return static_cast<uint64_t>((static_cast<Wide>(nanos) << 32) / nanos_per_tick_q32_);
  }

  bool is_tsc() const { return tsc_; }
  std::string_view name() const { return tsc_ ? "tsc" : "clock_gettime"; }

  // True when readings on all allowed CPUs were shown to agree to within a microsecond, so that
  // one-way latency makes sense. Always true of clock_gettime.
  bool synchronised() const { return synchronised_; }

  double hertz() const;

  // The median cost of one Read, and the least step seen between two readings that differ.
  double cost_nanos() const { return cost_nanos_; }
  double step_nanos() const { return step_nanos_; }

 private:
  // A product of two 64-bit numbers.
  __extension__ using Wide = __int128;

  Clock() = default;
  static Reading ReadSystem();
  bool CalibrateTsc();
  void MeasureCost();

  bool tsc_ = false;
  bool synchronised_ = true;
  int64_t nanos_per_tick_q32_ = int64_t{1} << 32;
  double cost_nanos_ = 0;
  double step_nanos_ = 0;
};

}  // namespace ipclab
