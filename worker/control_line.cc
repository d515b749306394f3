#include "worker/control_line.h"

#include <sched.h>

#include <algorithm>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ipclab {
namespace {

constexpr int kBatch = 16;

// A worker cannot know whether the peer shares its CPU, where spinning only keeps the ball away. So
// patience halves with every wait that had to yield, and comes back with every one that had not.
constexpr int kMostPatience = 1000;
constexpr int kLeastPatience = 8;

void Pause() {
#if defined(__x86_64__)
  _mm_pause();
#endif
}

int64_t Median(std::vector<int64_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace

int64_t ControlLine::Serve(int rounds) {
  patience_ = kMostPatience;
  std::vector<int64_t> batches;
  batches.reserve(static_cast<size_t>(rounds / kBatch + 1));
  // The first waits for the peer to come; it is not timed.
  RoundTrip();
  for (int played = 0; played < rounds;) {
    const int batch = std::min(kBatch, rounds - played);
    const uint64_t before = clock_.Now();
    for (int i = 0; i < batch; ++i) RoundTrip();
    batches.push_back(clock_.Nanos(before, clock_.Now()) / batch);
    played += batch;
  }
  return batches.empty() ? 0 : Median(std::move(batches));
}

void ControlLine::Return(int rounds) {
  patience_ = kMostPatience;
  for (int played = -1; played < rounds; ++played) {
    Await(value_ + 1);
    value_ += 2;
    ball_.store(value_, std::memory_order_release);
  }
}

void ControlLine::RoundTrip() {
  ball_.store(value_ + 1, std::memory_order_release);
  value_ += 2;
  Await(value_);
}

void ControlLine::Await(uint64_t value) {
  for (int i = 0; i < patience_; ++i) {
    if (ball_.load(std::memory_order_acquire) == value) {
      patience_ = std::min(patience_ * 2, kMostPatience);
      return;
    }
    Pause();
  }
  patience_ = std::max(patience_ / 2, kLeastPatience);
  while (ball_.load(std::memory_order_acquire) != value) sched_yield();
}

}  // namespace ipclab
