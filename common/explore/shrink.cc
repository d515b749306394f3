#include "common/explore/shrink.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <optional>
#include <utility>

#include "common/explore/choices.h"
#include "common/explore/nearest_failure.h"
#include "common/program/apply.h"
#include "common/program/state.h"

namespace ipclab {
namespace {

// That all candidates together may make, where there are too many states to look at all.
constexpr int64_t kMostReplayedSteps = 2'000'000;

using Steps = std::vector<Choose>;

struct Made {
  Steps steps;  // those that could be made, up to the one that fails
  Length length;
  Failure failure;
};

// Makes what can be made of these steps, and leaves the others out.
Made MakeWhatCanBe(const Program& program, const Steps& steps) {
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  BeginProgram(program, state.data(), nullptr);
  const Failure& failure = State(program, state.data()).failure();
  Made made;
  for (Choose step : steps) {
    if (failure.kind != FailureKind::kNone) break;
    const uint32_t enabled = EnabledOf(program, state.data());
    if ((enabled >> step.worker & 1) == 0) continue;
    const uint32_t may_wake = MayWake(program, state.data(), step.worker);
    if (step.wakes >= 0 && (may_wake >> step.wakes & 1) == 0) step.wakes = -1;
    const int last = made.steps.empty() ? -1 : made.steps.back().worker;
    made.length.preemptions += IsPreemption(enabled, last, step.worker);
    Apply(program, state.data(), step.worker, step.wakes, nullptr);
    made.steps.push_back(step);
  }
  made.length.steps = static_cast<int64_t>(made.steps.size());
  made.failure = failure;
  return made;
}

// Steps that one worker makes without a break.
struct Block {
  size_t begin;
  size_t end;
};

std::vector<Block> BlocksOf(const Steps& steps) {
  std::vector<Block> blocks;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (blocks.empty() || steps[i].worker != steps[i - 1].worker) blocks.push_back({i, i});
    blocks.back().end = i + 1;
  }
  return blocks;
}

// One change after the other that makes it shorter, until none does.
class Shortening {
 public:
  Shortening(const Program& program, Made first) : program_(program), best_(std::move(first)) {}

  void Run() {
    while (tries_left() && (Join() || LeaveOut())) {
    }
  }

  const Made& best() const { return best_; }
  int64_t tried() const { return tried_; }

 private:
  bool tries_left() const { return steps_ < kMostReplayedSteps; }

  bool Try(const Steps& steps) {
    Made made = MakeWhatCanBe(program_, steps);
    ++tried_;
    steps_ += static_cast<int64_t>(steps.size());
    if (!AreSameFault(made.failure, best_.failure) || made.length >= best_.length) return false;
    best_ = std::move(made);
    return true;
  }

  // Two blocks of one worker become one: where the first is, or where the second is.
  bool Join() {
    const std::vector<Block> blocks = BlocksOf(best_.steps);
    for (size_t i = 0; i < blocks.size(); ++i) {
      for (size_t j = i + 2; j < blocks.size() && tries_left(); ++j) {
        if (best_.steps[blocks[i].begin].worker != best_.steps[blocks[j].begin].worker) continue;
        Steps early = best_.steps;
        std::rotate(early.begin() + blocks[i].end, early.begin() + blocks[j].begin,
                    early.begin() + blocks[j].end);
        Steps late = best_.steps;
        std::rotate(late.begin() + blocks[i].begin, late.begin() + blocks[i].end,
                    late.begin() + blocks[j].begin);
        if (Try(early) || Try(late)) return true;
        break;  // a third block of the worker is behind the second
      }
    }
    return false;
  }

  // Whole blocks, then single steps, the last ones first.
  bool LeaveOut() {
    const std::vector<Block> blocks = BlocksOf(best_.steps);
    for (size_t i = blocks.size(); i-- > 0 && tries_left();) {
      if (TryWithout(blocks[i].begin, blocks[i].end)) return true;
    }
    for (size_t i = best_.steps.size(); i-- > 0 && tries_left();) {
      if (TryWithout(i, i + 1)) return true;
    }
    return false;
  }

  bool TryWithout(size_t begin, size_t end) {
    Steps steps = best_.steps;
    steps.erase(steps.begin() + begin, steps.begin() + end);
    return Try(steps);
  }

  const Program& program_;
  Made best_;
  int64_t tried_ = 0;
  int64_t steps_ = 0;
};

}  // namespace

Shrunk Shrink(const Program& program, const std::vector<Choose>& failing) {
  Made made = MakeWhatCanBe(program, failing);
  if (made.failure.kind == FailureKind::kNone) return {failing, made.length.preemptions, 1, false};
  if (auto nearest = NearestFailure(program, made.failure, made.length)) {
    const Made least = MakeWhatCanBe(program, *nearest);
    return {least.steps, least.length.preemptions, 2, true};
  }
  Shortening shortening(program, std::move(made));
  shortening.Run();
  const Made& best = shortening.best();
  return {best.steps, best.length.preemptions, shortening.tried() + 1, false};
}

}  // namespace ipclab
