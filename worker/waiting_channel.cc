#include "worker/waiting_channel.h"

#include "worker/ring/ring_channel.h"

namespace ipclab {
namespace {

uint64_t Ticks(const Clock& clock, std::chrono::nanoseconds time) {
  return clock.Ticks(time.count());
}

template <typename Inner>
std::unique_ptr<Channel> Wrap(std::unique_ptr<Inner> channel, v1::MeasureSpec::Wait wait,
                              bool lossy, const Clock& clock) {
  if (wait == v1::MeasureSpec::SPIN) {
    const uint64_t patience = lossy ? Ticks(clock, kLossyPatience) : Spin::kForever;
    return std::make_unique<WaitingChannel<Inner>>(std::move(channel), clock, Spin::kForever,
                                                   patience, /*blocks=*/false);
  }
  if (wait == v1::MeasureSpec::SPIN_THEN_BLOCK) {
    const uint64_t time = Ticks(clock, kSpinTime);
    return std::make_unique<WaitingChannel<Inner>>(std::move(channel), clock, time, time,
                                                   /*blocks=*/true);
  }
  return channel;
}

}  // namespace

std::unique_ptr<Channel> MakeWaiting(std::unique_ptr<Channel> channel, v1::MeasureSpec::Wait wait,
                                     bool lossy, const Clock& clock) {
  auto* const ring = dynamic_cast<RingChannel*>(channel.get());
  if (ring == nullptr) return Wrap(std::move(channel), wait, lossy, clock);
  channel.release();
  return Wrap(std::unique_ptr<RingChannel>(ring), wait, lossy, clock);
}

}  // namespace ipclab
