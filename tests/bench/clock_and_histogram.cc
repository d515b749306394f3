// What the two things cost that the hot path does beside the message: reading the clock and
// recording a value. clock_gettime is the control.

#include <benchmark/benchmark.h>
#include <time.h>

#include <array>
#include <cstdint>
#include <memory>

#include "common/clock.h"
#include "common/histogram.h"

namespace ipclab {
namespace {

const Clock& SharedClock() {
  static const Clock clock = Clock::Calibrate();
  return clock;
}

void ClockNow(benchmark::State& state) {
  const Clock& clock = SharedClock();
  for (auto _ : state) benchmark::DoNotOptimize(clock.Now());
  state.SetLabel(std::string(clock.name()));
}
BENCHMARK(ClockNow);

void ClockNanos(benchmark::State& state) {
  const Clock& clock = SharedClock();
  const uint64_t from = clock.Now();
  uint64_t to = from;
  for (auto _ : state) benchmark::DoNotOptimize(clock.Nanos(from, ++to));
}
BENCHMARK(ClockNanos);

void ClockGettime(benchmark::State& state) {
  timespec now;
  for (auto _ : state) {
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    benchmark::DoNotOptimize(now);
  }
  state.SetLabel("the control");
}
BENCHMARK(ClockGettime);

// Values around one round trip of a pipe, as a run records them.
void HistogramRecord(benchmark::State& state) {
  const auto histogram = std::make_unique<Histogram>();
  std::array<int64_t, 1024> values;
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = 4000 + static_cast<int64_t>(i * i * 7 % 1500);
  }
  size_t next = 0;
  for (auto _ : state) histogram->Record(values[++next % values.size()]);
}
BENCHMARK(HistogramRecord);

}  // namespace
}  // namespace ipclab
