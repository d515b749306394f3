// What a search has reached, where it matters who made the last step: each state together with that
// worker, and a way there.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/explore/byte_budget.h"
#include "common/explore/liveness.h"
#include "common/explore/state_store.h"
#include "common/program/program.h"
#include "common/program/schedule.h"

namespace ipclab {

class ReachedPairs {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  ReachedPairs(const Program& program, ByteBudget& budget);

  struct Reached {
    uint32_t pair;
    bool is_new;
  };
  // A state by a step from another pair. At step 0, which comes first: by {-1, -1} from kNone.
  // Absent when there is no room.
  std::optional<Reached> Reach(const int64_t* state, const Choose& step, uint32_t from);

  // By which it was reached when it was new.
  std::vector<Choose> StepsTo(uint32_t pair) const;

  // Distinct ones.
  int64_t states() const { return store_.size(); }

 private:
  struct Pair {
    uint32_t from = kNone;
    int8_t wakes = -1;
    bool is_reached = false;
  };

  const size_t workers_;
  ByteBudget& budget_;
  const Liveness liveness_;
  StateStore store_;
  // 0: step 0; then of each state, of each worker.
  std::vector<Pair> pairs_;
  std::vector<int64_t> canonical_;
};

}  // namespace ipclab
