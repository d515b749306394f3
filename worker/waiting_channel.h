// How a worker waits, for every mechanism alike: a channel around another one that tries its
// non-blocking forms again and again, for ever (SPIN) or for a while before it calls the blocking
// one (SPIN_THEN_BLOCK). BLOCK needs none of this: the channel is used as it is.
//
// Used by Links; the patterns see a Channel like any other, but for those that run over a ring
// directly: see worker/patterns/directly.h.
#pragma once

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include "common/clock.h"
#include "ipclab/v1/measure.pb.h"
#include "worker/always_inline.h"
#include "worker/channel.h"
#include "worker/spin.h"

namespace ipclab {

// How long SPIN_THEN_BLOCK tries: about what it costs to put a process to sleep and to wake it on
// another CPU of a virtual machine, so that waiting costs at most twice the better choice.
inline constexpr std::chrono::microseconds kSpinTime(50);

// Inner: the class of the channel, where that is known and final: its Try forms are inlined then.
template <typename Inner>
class WaitingChannel final : public Channel {
 public:
  // Ticks that a wait for room and one for a message may take at most. blocks: what could not be
  // done until then is left to the blocking form.
  WaitingChannel(std::unique_ptr<Inner> channel, const Clock& clock, uint64_t send_ticks,
                 uint64_t receive_ticks, bool blocks)
      : channel_(std::move(channel)),
        send_ticks_(send_ticks),
        receive_ticks_(receive_ticks),
        blocks_(blocks),
        spin_(clock) {}

  absl::Status Connect() override { return channel_->Connect(); }

  IPCLAB_INLINE IoStatus Send(std::span<const std::byte> message) override {
    const IoStatus status = channel_->TrySend(message);
    if (status == IoStatus::kOk) [[likely]] {
      return status;
    }
    return SendLater(message, status);
  }

  IPCLAB_INLINE IoStatus Receive(std::span<std::byte> message) override {
    const IoStatus status = channel_->TryReceive(message);
    if (status == IoStatus::kOk) [[likely]] {
      return status;
    }
    return ReceiveLater(message, status);
  }

  IoStatus TrySend(std::span<const std::byte> message) override {
    return Pass(channel_->TrySend(message));
  }
  IoStatus TryReceive(std::span<std::byte> message) override {
    return Pass(channel_->TryReceive(message));
  }

  void Flush() override { channel_->Flush(); }

  int ReadableDescriptor() const override { return channel_->ReadableDescriptor(); }

  absl::StatusOr<int64_t> Depth() const override { return channel_->Depth(); }

  int64_t Retries() const override { return channel_->Retries(); }

 private:
  // Apart, or the loop around Send would pass the message in memory. status: of the first try.
  [[gnu::noinline]] IoStatus SendLater(std::span<const std::byte> message, IoStatus status) {
    if (status == IoStatus::kWouldBlock) {
      status = spin_.Until(send_ticks_, [&] { return channel_->TrySend(message); });
    }
    const bool too_large = status == IoStatus::kError && channel_->error() == EMSGSIZE;
    if (blocks_ && (status == IoStatus::kWouldBlock || too_large)) {
      status = channel_->Send(message);
    }
    return Pass(status);
  }

  [[gnu::noinline]] IoStatus ReceiveLater(std::span<std::byte> message, IoStatus status) {
    if (status == IoStatus::kWouldBlock) {
      status = spin_.Until(receive_ticks_, [&] { return channel_->TryReceive(message); });
    }
    if (blocks_ && status == IoStatus::kWouldBlock) status = channel_->Receive(message);
    return Pass(status);
  }

  IoStatus Pass(IoStatus status) {
    return status == IoStatus::kError ? Fail(channel_->error()) : status;
  }

  const std::unique_ptr<Inner> channel_;
  const uint64_t send_ticks_;
  const uint64_t receive_ticks_;
  const bool blocks_;
  Spin spin_;
};

// The channel to use for this wait: channel itself for BLOCK. SPIN of a lossy channel gives up a
// Receive after kLossyPatience, as the blocking form does. clock must outlive it.
//
// SPIN cannot send what never fits at once, whoever reads: Send fails with EMSGSIZE.
// SPIN_THEN_BLOCK leaves it to the blocking form.
std::unique_ptr<Channel> MakeWaiting(std::unique_ptr<Channel> channel, v1::MeasureSpec::Wait wait,
                                     bool lossy, const Clock& clock);

}  // namespace ipclab
