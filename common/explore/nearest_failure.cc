#include "common/explore/nearest_failure.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <queue>
#include <tuple>
#include <utility>

#include "common/explore/byte_budget.h"
#include "common/explore/choices.h"
#include "common/explore/state_store.h"
#include "common/program/apply.h"

namespace ipclab {
namespace {

constexpr uint32_t kMostNearStates = 200'000;
constexpr int64_t kMostNearBytes = int64_t{256} << 20;

// A state and who came to it: that decides what is a preemption.
struct Node {
  std::vector<int64_t> words;  // the state, then who; empty once it was looked at
  size_t before = 0;
  Choose choice{-1, -1};
  bool fails = false;
};

using Rank =
    std::tuple<int64_t, int64_t, size_t>;  // preemptions, steps, node: the least comes first

class Nearest {
 public:
  Nearest(const Program& program, const Failure& fault, const Length& most)
      : program_(program),
        fault_(fault),
        most_(most),
        budget_(kMostNearBytes),
        known_(static_cast<size_t>(program.state_words) + 1, budget_) {}

  std::optional<std::vector<Choose>> Find() {
    std::vector<int64_t> first(static_cast<size_t>(program_.state_words) + 1);
    BeginProgram(program_, first.data(), nullptr);
    Add({.words = std::move(first)}, {});
    while (!next_.empty()) {
      const auto [preemptions, steps, place] = next_.top();
      next_.pop();
      Node& node = nodes_[place];
      if (node.fails) return StepsTo(place);
      const auto known = known_.Add(node.words.data());
      if (!known || known->number >= kMostNearStates) return std::nullopt;
      if (known->is_new && !Expand(place, {preemptions, steps})) return std::nullopt;
      waiting_bytes_ -= bytes_of_one();
      node.words = {};
    }
    return std::nullopt;
  }

 private:
  int64_t bytes_of_one() const {
    return static_cast<int64_t>((program_.state_words + 1) * sizeof(int64_t) + sizeof(Node));
  }

  // False when there is no room.
  bool Expand(size_t place, const Length& length) {
    const std::vector<int64_t> words = nodes_[place].words;
    const uint32_t enabled = EnabledOf(program_, words.data());
    choices_.clear();
    AddChoices(program_, words.data(), enabled, choices_);
    for (const Choose& choice : choices_) {
      Length longer = length;
      longer.preemptions += IsPreemption(enabled, nodes_[place].choice.worker, choice.worker);
      ++longer.steps;
      if (longer > most_) continue;
      Node next{.words = words, .before = place, .choice = choice};
      Apply(program_, next.words.data(), choice.worker, choice.wakes, nullptr);
      next.words.back() = choice.worker;
      Add(std::move(next), longer);
    }
    return waiting_bytes_ <= kMostNearBytes;
  }

  void Add(Node node, const Length& length) {
    const Failure& failure = State(program_, node.words.data()).failure();
    node.fails = AreSameFault(failure, fault_);
    if (failure.kind != FailureKind::kNone && !node.fails) return;  // the first failure stays
    waiting_bytes_ += bytes_of_one();
    nodes_.push_back(std::move(node));
    next_.push({length.preemptions, length.steps, nodes_.size() - 1});
  }

  std::vector<Choose> StepsTo(size_t place) const {
    std::vector<Choose> steps;
    for (; place != 0; place = nodes_[place].before) steps.push_back(nodes_[place].choice);
    return {steps.rbegin(), steps.rend()};
  }

  const Program& program_;
  const Failure fault_;
  const Length most_;
  ByteBudget budget_;
  StateStore known_;
  std::deque<Node> nodes_;  // a deque: what is looked at stays where it is
  std::priority_queue<Rank, std::vector<Rank>, std::greater<>> next_;
  std::vector<Choose> choices_;
  int64_t waiting_bytes_ = 0;
};

}  // namespace

std::optional<std::vector<Choose>> NearestFailure(const Program& program, const Failure& fault,
                                                  const Length& most) {
  return Nearest(program, fault, most).Find();
}

}  // namespace ipclab
