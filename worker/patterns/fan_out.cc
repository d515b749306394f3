// FAN_OUT: one sends, and each message goes to one of several receivers: in turn where each has a
// link of its own, to whoever takes it first where all receive from one object.

#include <array>

#include "worker/patterns/lanes.h"
#include "worker/patterns/one_way.h"
#include "worker/patterns/paced.h"
#include "worker/patterns/pattern.h"
#include "worker/patterns/shared_way.h"

namespace ipclab {
namespace {

// Sends in rounds of one message for each receiver, and the leg is of whole rounds: every receiver
// has its last message in the last round.
template <bool kLossy, typename Pace>
class Dealer {
 public:
  Dealer(LegRun& leg, Pace pace)
      : leg_(leg),
        clock_(leg.clock),
        figures_(leg.figures),
        limit_(leg.limit),
        receivers_(IsShared(leg) ? Sharers(leg).receivers : leg.lanes.size()),
        pace_(pace) {}

  // Sends one message. False when it was the last or could not be sent.
  bool Step(LegOutcome& outcome) {
    Lane& lane = leg_.lanes[turn_ % leg_.lanes.size()];
    Traffic& traffic = lane.traffic;
    const uint64_t sequence = traffic.TakeSequence();
    if (traffic.verify()) FillPayload(traffic.format().Payload(traffic.outgoing()), sequence);
    pace_.Await(limit_);
    if (turn_ == 0) last_round_ = limit_.NextIsLast();
    traffic.format().WriteHeader(traffic.outgoing(), sequence, last_round_);
    if (kLossy && last_round_) lane.leg_end.WillBe(sequence + 1);

    const Clock::Reading before = clock_.Read();
    if (traffic.format().stamped()) {
      traffic.format().WriteStamp(traffic.outgoing(), pace_.From(before.ticks));
    }
    const IoStatus status = lane.channel.Send(traffic.outgoing());
    const Clock::Reading after = clock_.Read();
    if (status != IoStatus::kOk) {
      outcome = {status, "send", lane.channel.error()};
      return false;
    }
    if (limit_.NextCounts()) {
      figures_.page().send_call.Record(clock_.Nanos(before.ticks, after.ticks));
      figures_.Count(before.ticks, after, traffic.format().bytes());
    }
    figures_.Progress();
    if (last_round_) lane.channel.Flush();
    if (kLossy && last_round_) lane.leg_end.Sent(sequence + 1);
    return GoOn(before.ticks, after.ticks);
  }

 private:
  // One message is sent. False when it was the last.
  bool GoOn(uint64_t before, uint64_t after) {
    if (turn_ == 0) round_begin_ = before;
    if (++turn_ < receivers_) return true;
    turn_ = 0;
    limit_.Sent(round_begin_, after);
    return !last_round_;
  }

  LegRun& leg_;
  const Clock& clock_;
  Figures& figures_;
  LegLimit limit_;  // counts rounds
  const size_t receivers_;
  [[no_unique_address]] Pace pace_;
  size_t turn_ = 0;  // whose the next message is
  bool last_round_ = false;
  uint64_t round_begin_ = 0;
};

template <bool kLossy>
LegOutcome Deal(LegRun& leg) {
  return Paced(leg,
               [&]<typename Pace>(Pace pace) { return RunOf(Dealer<kLossy, Pace>(leg, pace)); });
}

LegOutcome Send(LegRun& leg) {
  if (!IsShared(leg)) return leg.lossy ? Deal<true>(leg) : Deal<false>(leg);
  const uint64_t warm_up_rounds = leg.first_counted - leg.leg_end.first();
  BeginSharedSending(leg, warm_up_rounds * Sharers(leg).receivers);
  const LegOutcome sent = Deal<false>(leg);
  return sent.ok() ? EndSharedSending(leg) : sent;
}

LegOutcome Receive(LegRun& leg) {
  if (IsShared(leg)) return RunOf(Receiver<SharedArrivals>(leg, leg.channel, leg.traffic));
  return ReceiveOneWay(leg);
}

constexpr std::array kParts = {
    Part{internal::SENDER, kSent, Send},
    Part{internal::RECEIVER, kReceived, Receive},
};

}  // namespace

extern constinit const Pattern kFanOut = {
    .kind = v1::Pattern::FAN_OUT, .stamps = true, .parts = kParts};

}  // namespace ipclab
