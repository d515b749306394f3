#include "worker/due_times.h"

#include <cmath>

namespace ipclab {
namespace {

// One step of SplitMix64: small, and the same everywhere, unlike the standard's distributions.
uint64_t Mixed(uint64_t state) {
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
  state = (state ^ (state >> 27)) * 0x94d049bb133111eb;
  return state ^ (state >> 31);
}

constexpr uint64_t kStride = 0x9e3779b97f4a7c15;

double TicksPerSecond(const Clock& clock) {
  constexpr int64_t kSecond = 1'000'000'000;
  return static_cast<double>(clock.Ticks(kSecond));
}

}  // namespace

DueTimes::DueTimes(const v1::Load& load, int rank, const Clock& clock)
    : by_chance_(load.arrivals() == v1::Load::POISSON),
      gap_(TicksPerSecond(clock) / load.per_second()),
      chance_(Mixed(static_cast<uint64_t>(load.seed()) + kStride * static_cast<uint64_t>(rank))) {}

uint64_t DueTimes::Next() {
  const double moment = moment_;
  moment_ += by_chance_ ? -std::log1p(-Chance()) * gap_ : gap_;
  return static_cast<uint64_t>(moment);
}

double DueTimes::Chance() {
  constexpr int kBeyondDouble = 64 - 53;
  chance_ += kStride;
  return static_cast<double>(Mixed(chance_) >> kBeyondDouble) * 0x1p-53;
}

}  // namespace ipclab
