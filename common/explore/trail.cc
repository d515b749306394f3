#include "common/explore/trail.h"

#include <algorithm>
#include <array>
#include <bit>

namespace ipclab {
namespace {

bool Includes(uint32_t workers, int worker) { return (workers >> worker & 1) != 0; }

class Making {
 public:
  Making(const Program& program, DependencyTable& table) : program_(program), table_(table) {
    course_.state.resize(static_cast<size_t>(program.state_words));
    BeginProgram(program, course_.state.data(), nullptr);
    Look();
  }

  uint32_t enabled() const { return enabled_; }
  int made(int worker) const { return made_[worker]; }
  size_t steps() const { return course_.steps.size(); }
  bool failed() const { return course_.failed(); }
  int last() const { return course_.steps.empty() ? -1 : course_.steps.back().choice.worker; }

  // A worker that can. Whom a signal was to wake, but cannot, it does not choose; where it has a
  // choice, that is told.
  void Make(Choose choice) {
    int64_t* const state = course_.state.data();
    const uint32_t may_wake = MayWake(program_, state, choice.worker);
    if (choice.wakes >= 0 && !Includes(may_wake, choice.wakes)) choice.wakes = -1;
    const Event event = Apply(program_, state, choice.worker, choice.wakes, nullptr);
    if (may_wake != 0) choice.wakes = static_cast<int8_t>(event.woke);
    course_.steps.push_back({choice, ++made_[choice.worker], event.pc, event.operation,
                             table_.NumberOf(event.operation), event.woke});
    Look();
  }

  Trail Take() { return std::move(course_); }

 private:
  void Look() {
    enabled_ = EnabledOf(program_, course_.state.data());
    course_.ended = enabled_ == 0;
    course_.fault = State(program_, course_.state.data()).failure().kind;
  }

  const Program& program_;
  DependencyTable& table_;
  Trail course_;
  uint32_t enabled_ = 0;
  std::array<int, ProgramLimits::kWorkers> made_{};
};

// The steps of a schedule that are not made yet, in their order.
class Rest {
 public:
  explicit Rest(const std::vector<Choose>& steps) {
    std::array<int, ProgramLimits::kWorkers> numbers{};
    for (const Choose& step : steps) steps_.push_back({step, ++numbers[step.worker]});
  }

  // The first of them that somebody can make who is not held; null for none.
  const Choose* First(const Making& making, uint32_t held) {
    Skip(making);
    for (size_t i = first_; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      if (step.number != making.made(step.choice.worker) + 1) continue;
      if (Includes(making.enabled() & ~held, step.choice.worker)) return &step.choice;
    }
    return nullptr;
  }

  // Whether the others have made all that was before this step.
  bool HasReached(const Making& making, size_t at, int held) {
    for (size_t i = first_; i < std::min(at, steps_.size()); ++i) {
      const Step& step = steps_[i];
      if (step.choice.worker != held && step.number > making.made(step.choice.worker)) return false;
    }
    return true;
  }

 private:
  struct Step {
    Choose choice;
    int number;
  };

  void Skip(const Making& making) {
    while (first_ < steps_.size() &&
           steps_[first_].number <= making.made(steps_[first_].choice.worker)) {
      ++first_;
    }
  }

  std::vector<Step> steps_;
  size_t first_ = 0;
};

int GoesOn(const Making& making, uint32_t held) {
  const uint32_t free = making.enabled() & ~held;
  if (making.last() >= 0 && Includes(free, making.last())) return making.last();
  return std::countr_zero(free);
}

}  // namespace

std::vector<Choose> Trail::Choices() const {
  std::vector<Choose> choices;
  choices.reserve(steps.size());
  for (const CourseStep& step : steps) choices.push_back(step.choice);
  return choices;
}

Trail MakeCourse(const Program& program, DependencyTable& table, const std::vector<Choose>& steps) {
  Making making(program, table);
  for (const Choose& step : steps) {
    if (making.failed() || !Includes(making.enabled(), step.worker)) break;
    making.Make(step);
  }
  return making.Take();
}

Trail MakeEdited(const Program& program, DependencyTable& table, const std::vector<Choose>& steps,
                 const Edit& edit, size_t most_steps) {
  Making making(program, table);
  Rest rest(steps);
  bool is_held = edit.kind == Edit::Kind::kLater;
  while (making.enabled() != 0 && making.steps() < most_steps && !making.failed()) {
    const bool is_there = making.steps() >= edit.at;
    if (edit.kind == Edit::Kind::kEarlier && is_there && making.steps() < edit.at + edit.count &&
        Includes(making.enabled(), edit.worker)) {
      making.Make({static_cast<int8_t>(edit.worker), -1});
      continue;
    }
    is_held = is_held && !(is_there && rest.HasReached(making, edit.until, edit.worker));
    const uint32_t held = is_held && is_there ? 1u << edit.worker : 0;
    if ((making.enabled() & ~held) == 0) {
      is_held = false;
      continue;
    }
    const Choose* const next = rest.First(making, held);
    Choose choice = next != nullptr ? *next : Choose{static_cast<int8_t>(GoesOn(making, held)), -1};
    if (edit.kind == Edit::Kind::kWakes && making.steps() == edit.at) {
      choice.wakes = static_cast<int8_t>(edit.worker);
    }
    making.Make(choice);
  }
  return making.Take();
}

}  // namespace ipclab
