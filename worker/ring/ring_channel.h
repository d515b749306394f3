// A channel over a single-producer single-consumer ring in shared memory: one ring, or one for each
// way. Made by the mechanisms of the ring, each with its own way to share the memory. All of it is
// in the header: what runs over it directly has no call between it and the memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <utility>

#include "worker/always_inline.h"
#include "worker/channel.h"
#include "worker/ring/region.h"
#include "worker/ring/ring_memory.h"
#include "worker/ring/ring_receiver.h"
#include "worker/ring/ring_sender.h"

namespace ipclab {

// What both ends know of a link.
struct RingPlan {
  RingLayout layout;    // flagged only where batch is 1
  bool duplex = false;  // two rings, the host's outgoing one first
  uint64_t batch = 1;   // messages that are written before they are published
  // Bytes of a message that its receiver copies: all, or its first ones.
  size_t taken_out = std::numeric_limits<size_t>::max();

  size_t bytes() const { return (duplex ? 2 : 1) * layout.bytes(); }
};

// Which end this is.
struct RingPlace {
  bool host = false;
  bool sends = false;  // not duplex: this end sends
};

class RingChannel final : public Channel {
 public:
  // The region begins with zero bytes, or what the other end has put there.
  RingChannel(Region region, const RingPlan& plan, RingPlace place) : region_(std::move(region)) {
    RingMemory& first = RingAt(0);
    // The first ring leads from the host to who joins, or is the only one.
    RingMemory& second = plan.duplex ? RingAt(plan.layout.bytes()) : first;
    const bool first_is_ours = !plan.duplex || place.host;
    if (plan.duplex || place.sends) {
      sender_.emplace(first_is_ours ? first : second, plan.layout, plan.batch);
    }
    if (plan.duplex || !place.sends) {
      receiver_.emplace(first_is_ours ? second : first, plan.layout, plan.taken_out);
    }
  }

  absl::Status Connect() override {
    if (sender_) sender_->side().Connect();
    if (receiver_) receiver_->side().Connect();
    return region_.Populate();
  }

  IoStatus Send(std::span<const std::byte> message) override { return sender_->Send(message); }
  IPCLAB_INLINE IoStatus TrySend(std::span<const std::byte> message) override {
    return sender_->TrySend(message);
  }

  IoStatus Receive(std::span<std::byte> message) override {
    FlushBeforeAnswer();
    return receiver_->Receive(message);
  }
  IPCLAB_INLINE IoStatus TryReceive(std::span<std::byte> message) override {
    FlushBeforeAnswer();
    return receiver_->TryReceive(message);
  }

  void Flush() override {
    if (sender_) sender_->Flush();
  }

  absl::StatusOr<int64_t> Depth() const override {
    if (!receiver_) return absl::UnimplementedError("ring: this end only sends");
    return receiver_->Depth();
  }

 private:
  RingMemory& RingAt(size_t offset) const {
    return *std::launder(reinterpret_cast<RingMemory*>(region_.data() + offset));
  }

  // Who waits for an answer must have sent the question.
  void FlushBeforeAnswer() {
    if (sender_) sender_->Flush();
  }

  Region region_;
  // Both where messages go both ways.
  std::optional<RingSender> sender_;
  std::optional<RingReceiver> receiver_;
};

inline std::unique_ptr<Channel> MakeRingChannel(Region region, const RingPlan& plan,
                                                RingPlace place) {
  return std::make_unique<RingChannel>(std::move(region), plan, place);
}

}  // namespace ipclab
