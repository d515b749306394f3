#include "worker/ring/ring_channel.h"

#include <new>
#include <utility>

#include "worker/ring/ring_receiver.h"
#include "worker/ring/ring_sender.h"

namespace ipclab {
namespace {

RingMemory& RingAt(const Region& region, size_t offset) {
  return *std::launder(reinterpret_cast<RingMemory*>(region.data() + offset));
}

class RingChannel final : public Channel {
 public:
  RingChannel(Region region, const RingPlan& plan, RingPlace place) : region_(std::move(region)) {
    RingMemory& first = RingAt(region_, 0);
    // The first ring leads from the host to who joins, or is the only one.
    RingMemory& second = plan.duplex ? RingAt(region_, plan.layout.bytes()) : first;
    const bool first_is_ours = !plan.duplex || place.host;
    if (plan.duplex || place.sends) {
      sender_.emplace(first_is_ours ? first : second, plan.layout, plan.batch);
    }
    if (plan.duplex || !place.sends) {
      receiver_.emplace(first_is_ours ? second : first, plan.layout);
    }
  }

  absl::Status Connect() override {
    if (sender_) sender_->side().Connect();
    if (receiver_) receiver_->side().Connect();
    return region_.Populate();
  }

  IoStatus Send(std::span<const std::byte> message) override { return sender_->Send(message); }
  IoStatus TrySend(std::span<const std::byte> message) override {
    return sender_->TrySend(message);
  }

  IoStatus Receive(std::span<std::byte> message) override {
    FlushBeforeAnswer();
    return receiver_->Receive(message);
  }
  IoStatus TryReceive(std::span<std::byte> message) override {
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
  // Who waits for an answer must have sent the question.
  void FlushBeforeAnswer() {
    if (sender_) sender_->Flush();
  }

  Region region_;
  // Both where messages go both ways.
  std::optional<RingSender> sender_;
  std::optional<RingReceiver> receiver_;
};

}  // namespace

std::unique_ptr<Channel> MakeRingChannel(Region region, const RingPlan& plan, RingPlace place) {
  return std::make_unique<RingChannel>(std::move(region), plan, place);
}

}  // namespace ipclab
