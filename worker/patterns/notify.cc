// NOTIFY: the sender notifies without waiting, the receiver waits, and what was merged on the way
// is counted: notifications sent = wake-ups + coalesced, exactly.
//
// An event carries no number, so nobody can tell whether one belongs to the warm-up, or to the leg
// before. Both therefore end alike. Before the last notification of either the sender says how far
// it goes, so that whoever was woken by it knows; afterwards, that all was sent. The receiver then
// takes what is left, and the next one begins with nothing pending. Between the warm-up and what
// counts the sender waits until that was done. It cannot be left out: a queue may hold thousands.
//
// The receiver uses the Try form. No notification may be lost but by being merged with another one
// that is pending, or the receiver waits for ever.

#include <array>
#include <utility>

#include "worker/give_way.h"
#include "worker/patterns/paced.h"
#include "worker/patterns/pattern.h"

namespace ipclab {
namespace {

// Where the ends are told. The pattern has one link, so the words of the others are free.
struct Ends {
  explicit Ends(LegRun& run)
      : leg(run.leg_end),
        warm_up(run.page.leg_ends[1], run.leg_end.first()),
        taken(run.page.leg_ends[2], run.leg_end.first()) {}

  LegEnd leg;
  LegEnd warm_up;
  LegEnd taken;  // by the receiver: it has taken all of the warm-up
};

// Pace: AtOnce or Pacer.
template <typename Pace>
class Sender {
 public:
  Sender(LegRun& leg, Pace pace)
      : channel_(leg.channel),
        clock_(leg.clock),
        traffic_(leg.traffic),
        figures_(leg.figures),
        limit_(leg.limit),
        first_counted_(leg.first_counted),
        ends_(leg),
        pace_(std::move(pace)) {}

  // Notifies once. False when it was the last time or could not be done.
  bool Step(LegOutcome& outcome) {
    const uint64_t end = traffic_.TakeSequence() + 1;
    pace_.Await(limit_);
    const bool last = limit_.NextIsLast();
    const bool warm = !last && end == first_counted_;
    if (last) ends_.leg.WillBe(end);
    if (warm) ends_.warm_up.WillBe(end);

    const Clock::Reading before = clock_.Read();
    const IoStatus status = channel_.Send({});
    const Clock::Reading after = clock_.Read();
    if (status != IoStatus::kOk) {
      outcome = {status, "notify"};
      return false;
    }
    if (limit_.NextCounts()) {
      figures_.page().send_call.Record(clock_.Nanos(before.ticks, after.ticks));
      figures_.Count(before.ticks, after, 0);
    }
    limit_.Sent(before.ticks, after.ticks);
    figures_.Progress();
    if (last) {
      ends_.leg.Sent(end);
      traffic_.arrivals().GoOnAt(end);  // where the next leg begins
    }
    if (warm) {
      ends_.warm_up.Sent(end);
      for (GiveWay give_way; !ends_.taken.IsSent();) give_way();
    }
    return !last;
  }

 private:
  Channel& channel_;
  const Clock& clock_;
  Traffic& traffic_;
  Figures& figures_;
  LegLimit limit_;
  const uint64_t first_counted_;
  Ends ends_;
  [[no_unique_address]] Pace pace_;
};

class Receiver {
 public:
  explicit Receiver(LegRun& leg)
      : channel_(leg.channel),
        clock_(leg.clock),
        traffic_(leg.traffic),
        figures_(leg.figures),
        first_counted_(leg.first_counted),
        ends_(leg),
        counts_(leg.first_counted == leg.leg_end.first()) {}

  LegOutcome Run() {
    IoStatus status;
    while ((status = channel_.Receive({})) == IoStatus::kOk) {
      Took();
      if (IsKnown(ends_.leg)) return TakeRest();
      if (counts_ || !IsKnown(ends_.warm_up)) continue;
      if ((status = TakeUntil(ends_.warm_up)) != IoStatus::kOk) break;
      counts_ = true;
      ends_.taken.Sent(first_counted_);
    }
    return {status, "wait"};
  }

 private:
  static bool IsKnown(const LegEnd& end) { return end.Known() > end.first(); }

  LegOutcome TakeRest() {
    if (const IoStatus status = TakeUntil(ends_.leg); status != IoStatus::kOk) {
      return {status, "wait"};
    }
    const uint64_t end = ends_.leg.Known();
    if (counts_) {
      const int64_t notified = static_cast<int64_t>(end - first_counted_);
      WorkerPage& page = figures_.page();
      page.coalesced.store(notified - page.messages.load(std::memory_order_relaxed),
                           std::memory_order_relaxed);
    }
    traffic_.arrivals().GoOnAt(end);
    return {};
  }

  // Takes all that comes until the end that is near. The sender may be about to notify once more,
  // or may wait for room to do so.
  IoStatus TakeUntil(const LegEnd& end) {
    GiveWay give_way;
    while (true) {
      const bool all_sent = end.IsSent();
      IoStatus status;
      while ((status = channel_.TryReceive({})) == IoStatus::kOk) Took();
      if (status != IoStatus::kWouldBlock) return status;
      if (all_sent) return IoStatus::kOk;
      give_way();
    }
  }

  void Took() {
    const Clock::Reading now = clock_.Read();
    if (counts_) figures_.Count(now.ticks, now, 0);
    figures_.Progress();
  }

  Channel& channel_;
  const Clock& clock_;
  Traffic& traffic_;
  Figures& figures_;
  const uint64_t first_counted_;
  Ends ends_;
  bool counts_;  // the warm-up is over
};

LegOutcome Notify(LegRun& leg) {
  return Paced(leg, [&]<typename Pace>(Pace pace) { return RunOf(Sender<Pace>(leg, pace)); });
}

LegOutcome BeNotified(LegRun& leg) { return Receiver(leg).Run(); }

constexpr std::array kTimed = {&WorkerPage::send_call};
constexpr std::array kParts = {
    Part{internal::SENDER, kTimed, Notify},
    Part{internal::RECEIVER, {}, BeNotified},
};

}  // namespace

extern constinit const Pattern kNotify = {
    .kind = v1::Pattern::NOTIFY, .stamps = false, .parts = kParts};

}  // namespace ipclab
