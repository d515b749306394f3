// What a receiving part does about messages that are lost, in two kinds that the parts take as a
// template argument: where nothing is ever lost, it must not cost anything.
//
// A leg over a lossy mechanism always ends: by the message marked as the last, or by silence once
// the shared leg end says that all was sent. In the end the losses are exact, for then the receiver
// knows how many there should have been; what comes of an older leg after that is nobody's.
#pragma once

#include <algorithm>
#include <atomic>
#include <limits>

#include "worker/patterns/arrivals.h"
#include "worker/patterns/pattern.h"

namespace ipclab {

class NoLosses {
 public:
  explicit NoLosses(LegRun& leg) : traffic_(leg.traffic), figures_(leg.figures) {}

  CheckedArrival Check() { return CheckArrival(traffic_, figures_); }

  // Receive did not return a message. True to go on, false when the leg is over: outcome says how.
  static bool GoOnWithout(IoStatus status, LegOutcome& outcome) {
    outcome = {status, "receive"};
    return false;
  }

  // The last message came, and was looked at.
  static void End() {}

 private:
  Traffic& traffic_;
  Figures& figures_;
};

class Losses {
 public:
  explicit Losses(LegRun& leg)
      : traffic_(leg.traffic),
        figures_(leg.figures),
        leg_end_(leg.leg_end),
        first_counted_(leg.first_counted) {
    // Short numbers cannot tell a long gap from a late message. Much is lost at a time where the
    // receiver is slow, and next to nothing overtakes: take all for gaps.
    constexpr int kShort = 32;
    constexpr uint64_t kAnyGap = std::numeric_limits<uint64_t>::max();
    if (traffic_.format().sequence_bits() < kShort) traffic_.arrivals().AllowAhead(kAnyGap);
  }

  CheckedArrival Check() {
    const MessageFormat::Header header = traffic_.format().ReadHeader(traffic_.incoming());
    const Arrival arrival = traffic_.arrivals().Take(header.sequence);
    if (arrival.sequence < leg_end_.first()) {  // That leg is over and has counted it as lost.
      return {{Arrival::kDuplicate, arrival.sequence}, false};
    }
    CheckContents(traffic_, figures_, header.sequence);
    if (arrival.kind != Arrival::kDuplicate && arrival.sequence >= first_counted_) ++came_;
    if (arrival.kind != Arrival::kNext) [[unlikely]] {
      const int64_t lost = figures_.page().lost.load(std::memory_order_relaxed);
      figures_.Arrived(arrival);
      // Its guess at what was lost gives way to what is counted here.
      figures_.page().lost.store(lost, std::memory_order_relaxed);
      CountLostBefore(traffic_.arrivals().next());
    }
    return {arrival, header.last && arrival.is_new()};
  }

  bool GoOnWithout(IoStatus status, LegOutcome& outcome) {
    if (status != IoStatus::kWouldBlock) return NoLosses::GoOnWithout(status, outcome);
    if (silent_behind_end_) {
      End();
      return false;
    }
    silent_behind_end_ = leg_end_.IsSent();  // What is still on its way gets the whole patience.
    return true;
  }

  void End() {
    const uint64_t end = leg_end_.Known();
    CountLostBefore(end);
    traffic_.arrivals().GoOnAt(end);
  }

 private:
  // Of those that count: what the warm-up loses here is no fault. Others may count in the same
  // page.
  void CountLostBefore(uint64_t end) {
    const int64_t due = static_cast<int64_t>(end) - static_cast<int64_t>(first_counted_);
    const int64_t lost = std::max<int64_t>(due - came_, 0);
    std::atomic<int64_t>& all = figures_.page().lost;
    all.store(all.load(std::memory_order_relaxed) + lost - lost_, std::memory_order_relaxed);
    lost_ = lost;
  }

  Traffic& traffic_;
  Figures& figures_;
  const LegEnd leg_end_;
  const uint64_t first_counted_;
  int64_t came_ = 0;  // of those that count
  int64_t lost_ = 0;  // as it stands in the page
  bool silent_behind_end_ = false;
};

}  // namespace ipclab
