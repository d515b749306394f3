#include "common/explore/dpor.h"

#include <algorithm>
#include <array>
#include <bit>
#include <climits>
#include <tuple>
#include <utility>

#include "common/explore/choices.h"
#include "common/explore/dependency_table.h"
#include "common/explore/limits.h"
#include "common/explore/outcomes.h"
#include "common/program/apply.h"
#include "common/program/state.h"
#include "common/program/words.h"

namespace ipclab {
namespace {

// What happened before something: of each worker, how many steps of the path there were up to the
// last one of its own that did.
using Clock = std::array<int32_t, ProgramLimits::kWorkers>;

// How a step gave a lock back.
enum class Release : uint8_t { kNone, kByReader, kByOwner };

// A state on the path, and the step that was made from it.
struct Place {
  uint32_t enabled = 0;
  uint32_t wanted = 0;  // from here these are to be tried
  uint32_t asleep = 0;  // no need to: what comes of their next steps is known
  uint32_t wakes = 0;   // whom the signal that is made from here is still to wake
  // Of each worker: the step, by its place, that knows what the worker knows. -1: it knows nothing.
  std::array<int32_t, ProgramLimits::kWorkers> latest;
  int32_t preemptions = 0;         // on the way here
  int32_t failed_after = -1;       // steps on the way to the first failure
  int32_t failed_preemptions = 0;  // on that way

  Choose choice;
  int32_t operation = 0;  // its number
  Release release = Release::kNone;
  Clock clock;
};

class DporSearch final : public Search {
 public:
  DporSearch(const Program& program, const SearchOptions& options)
      : program_(program), options_(options), table_(program), outcomes_(program) {}

  const Run* Next() override;
  Exploration Result() const override;
  Progress progress() const override {
    return {.schedules = all_.schedules, .states = 0, .bound = {}, .bytes = bytes()};
  }

 private:
  int64_t* StateAt(size_t place) {
    return states_.data() + place * static_cast<size_t>(program_.state_words);
  }
  int64_t bytes() const;

  void Begin();
  // Chooses the step to be made next, from the last place where one is left; false if there is
  // none.
  bool Take();
  bool TakeFrom(Place& place);
  bool IsAtLimit();
  // Makes it.
  void Step();
  void Enter(uint32_t asleep);
  uint32_t AsleepAfter(const Place& place);
  Clock ClockOf(size_t steps, int worker, int operation) const;
  Clock KnownTo(const Place& place, int worker) const;
  bool Precedes(size_t step, const Clock& clock) const;

  // Races of steps with what is next because of the last one. changed: whose next operation is new.
  void NoteRaces(uint32_t changed);
  void Want(size_t step, int worker, const Clock& behind);

  const Run* Note();
  void NoteFailure(const Place& last);
  void NoteEnd(const Place& last, const int64_t* state);

  const Program& program_;
  const SearchOptions options_;
  DependencyTable table_;

  std::vector<Place> places_;  // the last one has no step yet
  std::vector<int64_t> states_;
  bool over_ = false;

  std::vector<Choose> steps_;
  Run run_;
  Exploration all_;
  OutcomeRows outcomes_;
};

bool Has(uint32_t workers, int worker) { return (workers >> worker & 1) != 0; }

// Each takes what the other one has just given back: before that it could not have been made.
bool CouldNotComeFirst(Release release, const Operation& next) {
  if (release == Release::kNone) return false;
  switch (next.op) {
    case Op::kLock:
    case Op::kWriteLock:
      return true;
    case Op::kCondWait:
      return next.phase == Phase::kWoken;
    case Op::kReadLock:
      return release == Release::kByOwner;
    default:
      return false;
  }
}

// True when nothing that another worker did after this step comes before it.
bool NeedsNobody(const Clock& clock, int worker, size_t step) {
  for (int other = 0; other < static_cast<int>(clock.size()); ++other) {
    if (other != worker && std::cmp_greater(clock[other], step + 1)) return false;
  }
  return true;
}

Release ReleaseOf(const Event& event) {
  if (event.operation.op == Op::kCondWait && event.fell_asleep) return Release::kByOwner;
  if (event.operation.op != Op::kUnlock || event.error != 0) return Release::kNone;
  return event.before == event.worker + 1 ? Release::kByOwner : Release::kByReader;
}

const Run* DporSearch::Next() {
  if (over_) return nullptr;
  if (places_.empty()) {
    Begin();
    if (places_.back().enabled == 0) return Note();
  }
  while (Take()) {
    if (IsAtLimit()) return nullptr;
    Step();
    const bool is_long = static_cast<int64_t>(steps_.size()) >= options_.max_steps;
    if (places_.back().enabled == 0 || is_long) return Note();
  }
  over_ = true;
  all_.complete = all_.truncated == 0;
  if (!all_.complete) {
    all_.stopped_at = LimitOfSteps(options_.max_steps);
  }
  return nullptr;
}

void DporSearch::Begin() {
  states_.resize(static_cast<size_t>(program_.state_words));
  BeginProgram(program_, states_.data(), nullptr);
  Place& first = places_.emplace_back();
  first.latest.fill(-1);
  if (State(program_, states_.data()).failure().kind != FailureKind::kNone) first.failed_after = 0;
  Enter(0);
}

bool DporSearch::Take() {
  while (!TakeFrom(places_.back())) {
    if (places_.size() == 1) return false;
    places_.pop_back();
    steps_.pop_back();
    // All that begins with the step that led there has been seen.
    Place& place = places_.back();
    if (place.wakes == 0) place.asleep |= 1u << place.choice.worker;
  }
  return true;
}

bool DporSearch::TakeFrom(Place& place) {
  if (place.wakes == 0) {
    const uint32_t left = place.wanted & place.enabled & ~place.asleep;
    if (left == 0) return false;
    place.choice = {static_cast<int8_t>(std::countr_zero(left)), -1};
    place.wakes = MayWake(program_, StateAt(places_.size() - 1), place.choice.worker);
  }
  if (place.wakes != 0) {
    place.choice.wakes = static_cast<int8_t>(std::countr_zero(place.wakes));
    place.wakes &= place.wakes - 1;
  }
  return true;
}

bool DporSearch::IsAtLimit() {
  if (options_.max_schedules > 0 && all_.runs >= options_.max_schedules) {
    all_.stopped_at = LimitOfSchedules(options_.max_schedules);
  } else if (bytes() > options_.max_bytes) {
    all_.stopped_at = LimitOfBytes(options_.max_bytes);
  } else {
    return false;
  }
  return over_ = true;
}

void DporSearch::Step() {
  const size_t step = places_.size() - 1;
  const size_t words = static_cast<size_t>(program_.state_words);
  states_.resize((step + 2) * words);
  std::copy_n(StateAt(step), words, StateAt(step + 1));
  Place& place = places_[step];
  const int worker = place.choice.worker;
  const Event event = Apply(program_, StateAt(step + 1), worker, place.choice.wakes, nullptr);
  place.operation = table_.NumberOf(event.operation);
  place.release = ReleaseOf(event);
  place.clock = ClockOf(step, worker, place.operation);
  place.clock[worker] = static_cast<int32_t>(step) + 1;
  const int last = step == 0 ? -1 : steps_.back().worker;

  Place next;
  next.latest = place.latest;
  next.latest[worker] = static_cast<int32_t>(step);
  for (uint32_t rest = event.woken; rest != 0; rest &= rest - 1) {
    next.latest[std::countr_zero(rest)] = static_cast<int32_t>(step);
  }
  next.preemptions = place.preemptions + IsPreemption(place.enabled, last, worker);
  next.failed_after = place.failed_after;
  next.failed_preemptions = place.failed_preemptions;
  if (event.failed) {
    next.failed_after = static_cast<int32_t>(step) + 1;
    next.failed_preemptions = next.preemptions;
  }
  const uint32_t asleep = AsleepAfter(place);
  steps_.push_back(place.choice);
  places_.push_back(next);
  Enter(asleep);
  NoteRaces(event.woken | 1u << worker);
}

// The last place is new: who is to be tried first?
void DporSearch::Enter(uint32_t asleep) {
  Place& place = places_.back();
  place.enabled = EnabledOf(program_, StateAt(places_.size() - 1));
  place.asleep = asleep;
  const uint32_t left = place.enabled & ~asleep;
  if (left == 0 || static_cast<int64_t>(steps_.size()) >= options_.max_steps) return;
  const int last = steps_.empty() ? 0 : steps_.back().worker;
  place.wanted = Has(left, last) ? 1u << last : left & -left;
}

// Who sleeps goes on sleeping while nothing is done that its next step depends on.
uint32_t DporSearch::AsleepAfter(const Place& place) {
  uint32_t asleep = 0;
  for (uint32_t rest = place.asleep & place.enabled; rest != 0; rest &= rest - 1) {
    const int worker = std::countr_zero(rest);
    const int64_t* const state = StateAt(places_.size() - 1);
    const int next = table_.NumberOf(Announce(program_, state, worker));
    if (!table_.AreDependent(place.operation, next)) asleep |= 1u << worker;
  }
  return asleep;
}

// What happened before an operation that a worker makes, or would make, behind so many steps.
Clock DporSearch::ClockOf(size_t steps, int worker, int operation) const {
  Clock clock = KnownTo(places_[steps], worker);
  for (size_t step = steps; step-- > 0;) {
    const Place& before = places_[step];
    if (Precedes(step, clock)) continue;
    if (!table_.AreDependent(operation, before.operation)) continue;
    for (size_t i = 0; i < clock.size(); ++i) clock[i] = std::max(clock[i], before.clock[i]);
  }
  return clock;
}

Clock DporSearch::KnownTo(const Place& place, int worker) const {
  const int32_t latest = place.latest[worker];
  return latest < 0 ? Clock{} : places_[latest].clock;
}

void DporSearch::NoteRaces(uint32_t changed) {
  const size_t steps = places_.size() - 1;
  const int64_t* const state = StateAt(steps);
  for (int worker = 0; worker < static_cast<int>(program_.workers.size()); ++worker) {
    const Frame& frame = State(program_, const_cast<int64_t*>(state)).frame(worker);
    // Who sleeps has no next operation: it is given one by who wakes it.
    if (frame.run != RunState::kAtLabel || frame.phase == Phase::kAsleep) continue;
    const Operation next = Announce(program_, state, worker);
    const int number = table_.NumberOf(next);
    if (!Has(changed, worker) && !table_.AreDependent(places_[steps - 1].operation, number)) {
      continue;  // it races as it did before
    }
    const Clock known = KnownTo(places_.back(), worker);
    const Clock behind = ClockOf(steps, worker, number);
    for (size_t step = 0; step < steps; ++step) {
      const Place& place = places_[step];
      if (Precedes(step, known) || !table_.AreDependent(place.operation, number)) continue;
      if (!CouldNotComeFirst(place.release, next)) Want(step, worker, behind);
    }
  }
}

bool DporSearch::Precedes(size_t step, const Clock& clock) const {
  return std::cmp_greater(clock[places_[step].choice.worker], step);
}

// The worker's next operation races with this step. Before the step those are to be made which the
// operation needs and which do not need the step: who can be the first of them?
void DporSearch::Want(size_t step, int worker, const Clock& behind) {
  uint32_t first = 0;
  uint32_t seen = 0;
  for (size_t next = step + 1; next + 1 < places_.size(); ++next) {
    const Place& other = places_[next];
    const int who = other.choice.worker;
    if (Has(seen, who) || !Precedes(next, behind) || Precedes(step, other.clock)) continue;
    seen |= 1u << who;
    if (NeedsNobody(other.clock, who, step)) first |= 1u << who;
  }
  if (seen == 0) first = 1u << worker;
  Place& place = places_[step];
  first &= place.enabled;
  if (first == 0) {
    place.wanted |= place.enabled;  // somebody must, and nobody knows who
  } else if ((first & place.wanted) == 0) {
    place.wanted |= Has(first, worker) ? 1u << worker : first & -first;
  }
}

const Run* DporSearch::Note() {
  const Place& last = places_.back();
  const int64_t* const state = StateAt(places_.size() - 1);
  run_ = {steps_, state, last.enabled == 0};
  ++all_.runs;
  all_.steps += static_cast<int64_t>(steps_.size());
  if (last.failed_after >= 0) NoteFailure(last);
  run_.is_whole ? NoteEnd(last, state) : void(++all_.truncated);
  return &run_;
}

void DporSearch::NoteFailure(const Place& last) {
  all_.least_preemptions =
      std::min<int>(all_.least_preemptions.value_or(INT_MAX), last.failed_preemptions);
  if (!all_.found) all_.found.emplace(steps_.begin(), steps_.begin() + last.failed_after);
}

void DporSearch::NoteEnd(const Place& last, const int64_t* state) {
  ++all_.schedules;
  if (last.failed_after >= 0) ++all_.failing;
  if (IsDeadlock(program_, state)) ++all_.deadlocked;
  outcomes_.RowOf(state);
}

int64_t DporSearch::bytes() const {
  return static_cast<int64_t>(places_.capacity() * sizeof(Place) +
                              states_.capacity() * sizeof(int64_t) +
                              steps_.capacity() * sizeof(Choose)) +
         table_.bytes();
}

Exploration DporSearch::Result() const {
  Exploration all = all_;
  all.outcomes = outcomes_.rows();
  std::sort(all.outcomes.begin(), all.outcomes.end(),
            [](const OutcomeTally& a, const OutcomeTally& b) {
              return std::tie(a.outcome, a.failing) < std::tie(b.outcome, b.failing);
            });
  return all;
}

}  // namespace

std::unique_ptr<Search> MakeDporSearch(const Program& program, const SearchOptions& options) {
  return std::make_unique<DporSearch>(program, options);
}

}  // namespace ipclab
