// BROADCAST: one sends, and every receiver gets every message: from one object that shows it to
// all, or a copy by a link of its own.

#include <array>

#include "worker/patterns/lanes.h"
#include "worker/patterns/one_way.h"
#include "worker/patterns/pattern.h"

namespace ipclab {
namespace {

// All lanes of a sender as one channel: what is sent goes to each of them.
class Copier final : public Channel {
 public:
  explicit Copier(std::span<Lane> lanes) : lanes_(lanes) {}

  IoStatus Send(std::span<const std::byte> message) override {
    for (const Lane& lane : lanes_) {
      const IoStatus status = lane.channel.Send(message);
      if (status == IoStatus::kError) return Fail(lane.channel.error());
      if (status != IoStatus::kOk) return status;
    }
    return IoStatus::kOk;
  }

  void Flush() override {
    for (const Lane& lane : lanes_) lane.channel.Flush();
  }

  // Nobody asks for what follows: a sender sends, and waits where each lane waits.
  IoStatus Receive(std::span<std::byte>) override { return Fail(ENOTSUP); }
  IoStatus TrySend(std::span<const std::byte>) override { return Fail(ENOTSUP); }
  IoStatus TryReceive(std::span<std::byte>) override { return Fail(ENOTSUP); }
  absl::StatusOr<int64_t> Depth() const override {
    return absl::UnimplementedError("these ends only send");
  }

 private:
  const std::span<Lane> lanes_;
};

LegOutcome Send(LegRun& leg) {
  if (leg.lanes.size() == 1) return SendOneWay(leg);
  Copier copier(leg.lanes);
  LegOutcome outcome = SendOneWay(leg, copier);
  outcome.error = copier.error();
  return outcome;
}

// The copies have the same numbers, so that the sender says only once how far the leg goes: on link
// 0.
LegOutcome Receive(LegRun& leg) {
  const LegEnd leg_end(leg.page.leg_ends[0], leg.leg_end.first());
  Lane lane = {leg.channel, leg.traffic, leg.first_counted, leg_end, leg.lanes.front().link};
  LegRun of_all = OfLane(leg, lane);
  return ReceiveOneWay(of_all);
}

constexpr std::array kParts = {
    Part{internal::SENDER, kSent, Send},
    Part{internal::RECEIVER, kReceived, Receive},
};

}  // namespace

extern constinit const Pattern kBroadcast = {
    .kind = v1::Pattern::BROADCAST, .stamps = true, .parts = kParts};

}  // namespace ipclab
