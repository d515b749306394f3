// Receives from several lanes at once, until the last message of each has come. Used by FAN_IN's
// receiver where every sender has a link of its own.
//
// The lanes take turns. SPIN tries all of them again and again; BLOCK sleeps by epoll on their
// descriptors, and tries only those that have something to say. A library's descriptor tells of
// news, not of messages: every lane is tried until nothing is there before anybody sleeps.
//
// Used by one worker's only thread, for one leg.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdint>
#include <deque>

#include "common/unique_fd.h"
#include "worker/patterns/lanes.h"
#include "worker/patterns/stream_parts.h"
#include "worker/spin.h"
#include "worker/waiting_channel.h"

namespace ipclab {

// LossKind: NoLosses or Losses.
template <typename LossKind>
class LaneReceiver {
 public:
  explicit LaneReceiver(LegRun& leg)
      : wait_(leg.setup.measure().wait()),
        lossy_(leg.lossy),
        spin_(leg.clock),
        spin_ticks_(leg.clock.Ticks(std::chrono::nanoseconds(kSpinTime).count())),
        patience_ticks_(leg.clock.Ticks(std::chrono::nanoseconds(kLossyPatience).count())) {
    for (Lane& lane : leg.lanes) sources_.emplace_back(OfLane(leg, lane));
  }

  LegOutcome Run() {
    LegOutcome outcome;
    if (!Open(outcome)) return outcome;
    while (open_ != 0 && outcome.ok()) Step(outcome);
    return outcome;
  }

 private:
  // Gives a receiver what was received for it already.
  class Received {
   public:
    void Set(IoStatus status) { status_ = status; }
    IoStatus Receive(std::span<std::byte>) const { return status_; }

   private:
    IoStatus status_ = IoStatus::kWouldBlock;
  };

  struct Source {
    explicit Source(const LegRun& of_lane) : leg(of_lane), receiver(leg, received, leg.traffic) {}

    LegRun leg;
    Received received;
    Receiver<LossKind, Received> receiver;
  };

  static constexpr uint64_t Bit(size_t lane) { return uint64_t{1} << lane; }

  bool Open(LegOutcome& outcome) {
    open_ = sources_.size() == kMaxLinks ? ~uint64_t{0} : Bit(sources_.size()) - 1;
    worth_trying_ = open_;
    if (wait_ == v1::MeasureSpec::SPIN) return true;
    sleeper_.Reset(::epoll_create1(EPOLL_CLOEXEC));
    for (size_t lane = 0; lane < sources_.size(); ++lane) {
      epoll_event event = {};
      event.events = EPOLLIN;
      event.data.u64 = lane;
      if (::epoll_ctl(sleeper_.get(), EPOLL_CTL_ADD, Descriptor(lane), &event) != 0) {
        outcome = {IoStatus::kError, "wait for several links", errno};
        return false;
      }
    }
    return true;
  }

  int Descriptor(size_t lane) const { return sources_[lane].leg.channel.ReadableDescriptor(); }

  // One message; or silence, of which every lane makes its own.
  void Step(LegOutcome& outcome) {
    IoStatus status = TryLanes();
    if (status == IoStatus::kWouldBlock) status = Wait(outcome);
    if (!outcome.ok()) return;
    if (status != IoStatus::kWouldBlock) return Take(turn_, status, outcome);
    for (uint64_t left = open_; left != 0 && outcome.ok(); left &= left - 1) {
      Take(static_cast<size_t>(std::countr_zero(left)), status, outcome);
    }
  }

  void Take(size_t lane, IoStatus status, LegOutcome& outcome) {
    Source& source = sources_[lane];
    source.received.Set(status);
    if (source.receiver.Step(outcome)) return;
    if (status == IoStatus::kError) outcome.error = source.leg.channel.error();
    open_ &= ~Bit(lane);
    worth_trying_ &= ~Bit(lane);
    if (sleeper_) ::epoll_ctl(sleeper_.get(), EPOLL_CTL_DEL, Descriptor(lane), nullptr);
  }

  // Takes a message of the next lane that has one, which turn_ tells then.
  IoStatus TryLanes() {
    const int behind = static_cast<int>(turn_) + 1;
    for (uint64_t left = std::rotr(worth_trying_, behind); left != 0; left &= left - 1) {
      const size_t lane =
          static_cast<size_t>(std::countr_zero(left) + behind) % (sizeof(left) * CHAR_BIT);
      Source& source = sources_[lane];
      const IoStatus status = source.leg.channel.TryReceive(source.leg.traffic.incoming());
      if (status != IoStatus::kWouldBlock) {
        turn_ = lane;
        return status;
      }
      if (wait_ == v1::MeasureSpec::BLOCK) worth_trying_ &= ~Bit(lane);
    }
    return IoStatus::kWouldBlock;
  }

  // kWouldBlock: nothing came for as long as a message that may be lost is waited for.
  IoStatus Wait(LegOutcome& outcome) {
    if (wait_ == v1::MeasureSpec::BLOCK) return Sleep(outcome);
    const bool sleeps = wait_ == v1::MeasureSpec::SPIN_THEN_BLOCK;
    const uint64_t ticks = sleeps ? spin_ticks_ : lossy_ ? patience_ticks_ : Spin::kForever;
    const IoStatus status = spin_.Until(ticks, [this] { return TryLanes(); });
    return status == IoStatus::kWouldBlock && sleeps ? Sleep(outcome) : status;
  }

  IoStatus Sleep(LegOutcome& outcome) {
    std::array<epoll_event, kMaxLinks> events;
    const int patience = lossy_ ? static_cast<int>(kLossyPatience.count()) : -1;
    while (true) {
      const int count = ::epoll_wait(sleeper_.get(), events.data(), kMaxLinks, patience);
      if (count == 0) return IoStatus::kWouldBlock;
      if (count < 0 && errno != EINTR) {
        outcome = {IoStatus::kError, "epoll_wait", errno};
        return IoStatus::kError;
      }
      for (int i = 0; i < count; ++i) worth_trying_ |= Bit(events[static_cast<size_t>(i)].data.u64);
      const IoStatus status = TryLanes();
      if (status != IoStatus::kWouldBlock) return status;
    }
  }

  const v1::MeasureSpec::Wait wait_;
  const bool lossy_;
  Spin spin_;
  const uint64_t spin_ticks_;
  const uint64_t patience_ticks_;
  std::deque<Source> sources_;  // nothing in it moves
  UniqueFd sleeper_;
  // Sets of lanes, one bit for each.
  static_assert(kMaxLinks == sizeof(uint64_t) * CHAR_BIT);
  uint64_t open_ = 0;          // their last message has not come
  uint64_t worth_trying_ = 0;  // of those
  size_t turn_ = kMaxLinks - 1;
};

}  // namespace ipclab
