#include "worker/control_line.h"
#include "worker/give_way.h"

#include <algorithm>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ipclab {
namespace {

constexpr int kBatch = 16;
constexpr int64_t kLongestNanos = 20'000'000;

// What the ball's value grows by: at a serve, at the last serve of a set, and in a round trip.
constexpr uint64_t kMore = 1;
constexpr uint64_t kOver = 2;
constexpr uint64_t kRoundTrip = 4;

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
  RoundTrip(kMore);  // waits for the peer to come, and is not timed
  const uint64_t begin = clock_.Now();
  const uint64_t longest = clock_.Ticks(kLongestNanos);
  for (int played = 0; played < rounds && clock_.Now() - begin < longest;) {
    const int batch = std::min(kBatch, rounds - played);
    const uint64_t before = clock_.Now();
    for (int i = 0; i < batch; ++i) RoundTrip(kMore);
    batches.push_back(clock_.Nanos(before, clock_.Now()) / batch);
    played += batch;
  }
  RoundTrip(kOver);
  return batches.empty() ? 0 : Median(std::move(batches));
}

void ControlLine::Return() {
  patience_ = kMostPatience;
  uint64_t serve;
  do {
    serve = Await([this](uint64_t ball) { return ball != value_; }) - value_;
    value_ += kRoundTrip;
    ball_.store(value_, std::memory_order_release);
  } while (serve != kOver);
}

void ControlLine::RoundTrip(uint64_t serve) {
  ball_.store(value_ + serve, std::memory_order_release);
  value_ += kRoundTrip;
  Await([this](uint64_t ball) { return ball == value_; });
}

template <typename Condition>
uint64_t ControlLine::Await(Condition done) {
  for (int i = 0; i < patience_; ++i) {
    const uint64_t ball = ball_.load(std::memory_order_acquire);
    if (done(ball)) {
      patience_ = std::min(patience_ * 2, kMostPatience);
      return ball;
    }
    Pause();
  }
  patience_ = std::max(patience_ / 2, kLeastPatience);
  for (GiveWay give_way;;) {
    const uint64_t ball = ball_.load(std::memory_order_acquire);
    if (done(ball)) return ball;
    give_way();
  }
}

}  // namespace ipclab
