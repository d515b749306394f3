// PIPELINE: every worker passes on to the next what it received, as it is. So the stamp of the
// first worker is still there at the last one, and its one-way time is that of the whole way.

#include <array>
#include <type_traits>

#include "worker/patterns/one_way.h"
#include "worker/patterns/pattern.h"

namespace ipclab {
namespace {

// Passes on before it looks: its own work must not be in the figure of the whole way.
// LossKind: NoLosses or Losses. Where messages get lost it tells the next worker itself how far the
// leg goes: that the first one has sent all does not mean that this one has.
template <typename LossKind>
class Relay {
 public:
  // Receives on lane 0 and sends on lane 1.
  explicit Relay(LegRun& leg)
      : heard_end_(leg.leg_end),
        told_end_(leg.lanes[1].leg_end),
        from_(leg.channel),
        to_(leg.lanes[1].channel),
        clock_(leg.clock),
        traffic_(leg.traffic),
        figures_(leg.figures),
        losses_(leg),
        first_counted_(leg.first_counted) {}

  // One message. False when it was the last or could not be passed on.
  bool Step(LegOutcome& outcome) {
    if (const IoStatus status = from_.Receive(traffic_.incoming()); status != IoStatus::kOk) {
      const bool goes_on = losses_.GoOnWithout(status, outcome);
      if (kLossy && !goes_on) TellEnd();
      return goes_on;
    }
    // The message that the next one may end with must not come before the word of it.
    if (kLossy && heard_end_.Known() > heard_end_.first()) told_end_.WillBe(heard_end_.Known());
    if (const IoStatus status = to_.Send(traffic_.incoming()); status != IoStatus::kOk) {
      outcome = {status, "send", to_.error()};
      return false;
    }
    const Clock::Reading now = clock_.Read();
    const auto [arrival, last] = losses_.Check();
    if (last) to_.Flush();
    if (arrival.kind != Arrival::kDuplicate && arrival.sequence >= first_counted_) {
      figures_.Count(now.ticks, now, traffic_.format().bytes());
    }
    figures_.Progress();
    if (last) losses_.End();
    if (kLossy && last) TellEnd();
    return !last;
  }

 private:
  static constexpr bool kLossy = !std::is_same_v<LossKind, NoLosses>;

  // All that came was passed on.
  void TellEnd() {
    const uint64_t end = heard_end_.Known();
    if (end == heard_end_.first()) return;
    told_end_.WillBe(end);
    told_end_.Sent(end);
  }

  LegEnd heard_end_;
  LegEnd told_end_;
  Channel& from_;
  Channel& to_;
  const Clock& clock_;
  Traffic& traffic_;
  Figures& figures_;
  LossKind losses_;
  const uint64_t first_counted_;
};

LegOutcome PassOn(LegRun& leg) {
  return leg.lossy ? RunOf(Relay<Losses>(leg)) : RunOf(Relay<NoLosses>(leg));
}

constexpr std::array kParts = {
    Part{internal::SENDER, kSent, SendOneWay},
    Part{internal::RELAY, {}, PassOn},
    Part{internal::RECEIVER, kReceived, ReceiveOneWay},
};

}  // namespace

extern constinit const Pattern kPipeline = {
    .kind = v1::Pattern::PIPELINE, .stamps = true, .parts = kParts};

}  // namespace ipclab
