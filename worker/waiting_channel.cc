#include "worker/waiting_channel.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ipclab {
namespace {

constexpr uint64_t kForever = std::numeric_limits<uint64_t>::max();

// The clock is read once per so many tries: a try of shared memory is cheaper than the clock.
constexpr int kTriesPerLook = 16;

void Pause() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// How many tries before the CPU is offered to others by sched_yield. Two workers on one CPU would
// otherwise take turns of a whole time slice, and nobody tells a worker where its peer is. So it is
// found out: where a message is there right after the yield, the peer has run in between, on this
// CPU, and patience halves; where it came otherwise, patience doubles. A wait that ends before any
// yield halves it too, or it would never be found out. On one CPU it is down to one try after ten
// messages; across CPUs it stays where a yield is too rare to matter.
class Patience {
 public:
  int tries() const { return tries_; }
  void Halve() { tries_ = std::max(tries_ / 2, 1); }
  void Double() { tries_ = std::min(tries_ * 2, kMost); }

 private:
  static constexpr int kMost = 1024;
  int tries_ = kMost;
};

class WaitingChannel final : public Channel {
 public:
  // Ticks that a wait for room and one for a message may take at most. blocks: what could not be
  // done until then is left to the blocking form.
  WaitingChannel(std::unique_ptr<Channel> channel, const Clock& clock, uint64_t send_ticks,
                 uint64_t receive_ticks, bool blocks)
      : channel_(std::move(channel)),
        clock_(clock),
        send_ticks_(send_ticks),
        receive_ticks_(receive_ticks),
        blocks_(blocks) {}

  absl::Status Connect() override { return channel_->Connect(); }

  IoStatus Send(std::span<const std::byte> message) override {
    IoStatus status = channel_->TrySend(message);
    if (status == IoStatus::kOk) [[likely]] {
      return status;
    }
    if (status == IoStatus::kWouldBlock) {
      status = Spin(send_ticks_, [&] { return channel_->TrySend(message); });
    }
    const bool too_large = status == IoStatus::kError && channel_->error() == EMSGSIZE;
    if (blocks_ && (status == IoStatus::kWouldBlock || too_large)) {
      status = channel_->Send(message);
    }
    return Pass(status);
  }

  IoStatus Receive(std::span<std::byte> message) override {
    IoStatus status = channel_->TryReceive(message);
    if (status == IoStatus::kOk) [[likely]] {
      return status;
    }
    if (status == IoStatus::kWouldBlock) {
      status = Spin(receive_ticks_, [&] { return channel_->TryReceive(message); });
    }
    if (blocks_ && status == IoStatus::kWouldBlock) status = channel_->Receive(message);
    return Pass(status);
  }

  IoStatus TrySend(std::span<const std::byte> message) override {
    return Pass(channel_->TrySend(message));
  }
  IoStatus TryReceive(std::span<std::byte> message) override {
    return Pass(channel_->TryReceive(message));
  }

  void Flush() override { channel_->Flush(); }

  absl::StatusOr<int64_t> Depth() const override { return channel_->Depth(); }

 private:
  // Tries until there is something else to tell than kWouldBlock, or until the time is up.
  template <typename Try>
  IoStatus Spin(uint64_t most_ticks, Try attempt);

  IoStatus Pass(IoStatus status) {
    return status == IoStatus::kError ? Fail(channel_->error()) : status;
  }

  const std::unique_ptr<Channel> channel_;
  const Clock& clock_;
  const uint64_t send_ticks_;
  const uint64_t receive_ticks_;
  const bool blocks_;
  Patience patience_;
};

template <typename Try>
IoStatus WaitingChannel::Spin(uint64_t most_ticks, Try attempt) {
  int before_yield = patience_.tries();
  int before_look = kTriesPerLook;
  bool yielded = false;
  uint64_t begin = 0;  // of the time: the first look, so that short waits read no clock
  while (true) {
    const bool yields = --before_yield <= 0;
    if (yields) {
      ::sched_yield();
      before_yield = patience_.tries();
      yielded = true;
    } else {
      Pause();
    }
    const IoStatus status = attempt();
    if (status != IoStatus::kWouldBlock) {
      yields ? patience_.Halve() : patience_.Double();
      return status;
    }
    if (most_ticks == kForever || --before_look > 0) continue;
    before_look = kTriesPerLook;
    const uint64_t now = clock_.Now();
    if (begin == 0) begin = now;
    if (now - begin < most_ticks) continue;
    if (!yielded) patience_.Halve();
    return status;
  }
}

uint64_t Ticks(const Clock& clock, std::chrono::nanoseconds time) {
  return clock.Ticks(time.count());
}

}  // namespace

std::unique_ptr<Channel> MakeWaiting(std::unique_ptr<Channel> channel, v1::MeasureSpec::Wait wait,
                                     bool lossy, const Clock& clock) {
  if (wait == v1::MeasureSpec::SPIN) {
    const uint64_t patience = lossy ? Ticks(clock, kLossyPatience) : kForever;
    return std::make_unique<WaitingChannel>(std::move(channel), clock, kForever, patience,
                                            /*blocks=*/false);
  }
  if (wait == v1::MeasureSpec::SPIN_THEN_BLOCK) {
    const uint64_t time = Ticks(clock, kSpinTime);
    return std::make_unique<WaitingChannel>(std::move(channel), clock, time, time, /*blocks=*/true);
  }
  return channel;
}

}  // namespace ipclab
