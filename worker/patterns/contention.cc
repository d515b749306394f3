// CONTENTION: every worker wants the same lock, holds it for a while and wants it again at once.
//
// The holder counts and records inside the lock, as a part of its critical section: outside it
// would be a pause that lets others in. What the lock guards is in Guarded; whoever finds there
// what a lock forbids counts a violation as corrupted. Who ends the leg says so there, too, and the
// others leave when they get the lock next, however long they were starved.

#include <sched.h>

#include <algorithm>
#include <array>

#include "worker/give_way.h"
#include "worker/patterns/pattern.h"

namespace ipclab {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

// In Guarded::taken: the leg is over, whatever the number. No leg has as many acquisitions.
constexpr uint64_t kOver = uint64_t{1} << 63;

// In Guarded::holder: it was one of the readers, who hold the lock together.
constexpr uint32_t kReader = uint32_t{1} << 31;

// So many each, of all workers, at most kOver.
uint64_t OfAll(int64_t each, uint64_t workers) {
  uint64_t all = 0;
  const bool too_many = __builtin_mul_overflow(static_cast<uint64_t>(each), workers, &all);
  return too_many ? kOver : std::min(all, kOver);
}

int64_t CriticalNanos(const v1::MeasureSpec& measure) {
  const auto& section = measure.critical_section();
  return section.seconds() * 1'000'000'000 + section.nanos();
}

class Contender {
 public:
  explicit Contender(LockRun& run)
      : lock_(run.lock),
        clock_(run.clock),
        figures_(run.figures),
        guarded_(run.page.guarded),
        stop_(run.page.stop),
        self_(static_cast<uint32_t>(run.setup.index()) + 1),
        hold_(clock_.Ticks(CriticalNanos(run.setup.measure()))),
        duration_(run.leg.duration_nanos() > 0 ? clock_.Ticks(run.leg.duration_nanos()) : kOver) {
    const auto workers = static_cast<uint64_t>(std::max(run.setup.crew(), 1));
    first_counted_ = OfAll(run.leg.warm_up(), workers);
    end_ = run.leg.messages() > 0 ? OfAll(run.leg.warm_up() + run.leg.messages(), workers) : kOver;
  }

  // One acquisition. False when the leg is over or it could not be done.
  bool Step(LegOutcome& outcome) {
    const Clock::Reading before = clock_.Read();
    if (const IoStatus status = lock_.Acquire(); status != IoStatus::kOk) {
      outcome = {status, "acquire"};
      return false;
    }
    const Clock::Reading after = clock_.Read();
    const bool goes_on = lock_.IsHeldAlone() ? HoldAlone(before, after) : Read(before, after);
    // Released before the holder's name: who sees the one sees the other.
    if (!late_) guarded_.released.store(clock_.Now(), std::memory_order_release);
    if (!goes_on) StretchSpan();
    if (const IoStatus status = lock_.Release(); status != IoStatus::kOk) {
      outcome = {status, "release"};
      return false;
    }
    figures_.Progress();
    return goes_on;
  }

 private:
  bool HoldAlone(const Clock::Reading& before, const Clock::Reading& after) {
    Check(guarded_.inside.load(kRelaxed) == 0);
    guarded_.inside.store(self_, kRelaxed);
    const uint64_t released = guarded_.released.load(std::memory_order_acquire);
    const uint32_t last = guarded_.holder.load(kRelaxed);
    const uint64_t number = guarded_.taken.load(kRelaxed);
    // What is over is no longer counted: the mark must stay.
    if (number < end_) guarded_.taken.store(number + 1, kRelaxed);
    const bool from_another = last != 0 && (last & ~kReader) != self_;
    const bool goes_on = Use(number, before, after, from_another ? released : 0);
    guarded_.holder.store(self_, kRelaxed);
    Check(guarded_.inside.load(kRelaxed) == self_);
    guarded_.inside.store(0, kRelaxed);
    return goes_on;
  }

  // Others may read beside it. A reader waits for none of them, so who of them was here last hands
  // nothing on to it.
  bool Read(const Clock::Reading& before, const Clock::Reading& after) {
    Check(guarded_.inside.load(kRelaxed) == 0);
    // In this order: a reader beside it that stamps its own release has said before who it is.
    const uint64_t released = guarded_.released.load(std::memory_order_acquire);
    const uint32_t last = guarded_.holder.load(kRelaxed);
    const uint64_t number = guarded_.taken.fetch_add(1, kRelaxed);
    const bool from_writer = last != 0 && (last & kReader) == 0 && last != self_;
    const bool goes_on = Use(number, before, after, from_writer ? released : 0);
    guarded_.holder.store(self_ | kReader, kRelaxed);
    Check(guarded_.inside.load(kRelaxed) == 0);
    return goes_on;
  }

  // Holds the lock that it got as this number, after another worker's release; 0: it was nobody
  // else's. False when the leg is over.
  bool Use(uint64_t number, const Clock::Reading& before, const Clock::Reading& after,
           uint64_t released) {
    late_ = number >= end_;
    if (!late_ && (IsTimeUp(after.ticks) || stop_.load(kRelaxed) != 0)) {
      guarded_.taken.fetch_or(kOver, kRelaxed);
      late_ = true;
    }
    if (late_) return false;
    if (number >= first_counted_) Count(before, after, released);
    if (hold_ > 0) {
      while (clock_.Now() - after.ticks < hold_) {
      }
    }
    return number + 1 < end_;
  }

  void Count(const Clock::Reading& before, const Clock::Reading& after, uint64_t released) {
    if (!counts_) began_ = before.ticks;
    counts_ = true;
    figures_.Count(before.ticks, after, 0);
    figures_.page().acquire.Record(clock_.Nanos(before.ticks, after.ticks));
    // Only who was waiting when the other one let go was handed anything.
    const bool waited = released >= before.ticks && released <= after.ticks;
    if (released == 0 || !waited || !clock_.synchronised()) return;
    figures_.page().hand_off.Record(clock_.Nanos(released, after.ticks));
  }

  // All have competed to the end of the leg, which is the last release that was stamped, however
  // early one had the lock for the last time: else its rate would be of that short while only.
  void StretchSpan() {
    if (!counts_ || !clock_.synchronised()) return;
    std::atomic<int64_t>& span = figures_.page().span_nanos;
    const int64_t nanos = clock_.Nanos(began_, guarded_.released.load(kRelaxed));
    if (nanos > span.load(kRelaxed)) span.store(nanos, kRelaxed);
  }

  bool IsTimeUp(uint64_t now) const { return counts_ && now - began_ >= duration_; }

  void Check(bool holds) {
    if (!holds) [[unlikely]] {
      figures_.Corrupted();
    }
  }

  Lock& lock_;
  const Clock& clock_;
  Figures& figures_;
  Guarded& guarded_;
  const std::atomic<uint32_t>& stop_;
  const uint32_t self_;
  const uint64_t hold_;
  const uint64_t duration_;
  uint64_t first_counted_;
  uint64_t end_;
  bool counts_ = false;  // it had the lock after the warm-up
  uint64_t began_ = 0;   // to wait for that
  bool late_ = false;    // it got the lock when the leg was over
};

// Nobody has the lock to itself because the others are on their way.
void AwaitAll(LockRun& run) {
  std::atomic<uint32_t>& arrived = run.page.guarded.arrived;
  const auto all = static_cast<uint32_t>(run.setup.crew());
  arrived.fetch_add(1, std::memory_order_acq_rel);
  for (GiveWay give_way; arrived.load(std::memory_order_acquire) < all;) give_way();
}

LegOutcome Contend(LockRun& run) {
  AwaitAll(run);
  return RunOf(Contender(run));
}

constexpr std::array kTimed = {&WorkerPage::acquire, &WorkerPage::hand_off};
constexpr std::array kParts = {
    Part{.role = internal::CONTENDER, .histograms = kTimed, .contend = Contend}};

}  // namespace

extern constinit const Pattern kContention = {.kind = v1::Pattern::CONTENTION, .parts = kParts};

}  // namespace ipclab
