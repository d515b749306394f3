// The outcomes of a program that a search has met, and how many schedules came to each: by their
// text, which takes longer to make than a schedule.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/explore/byte_budget.h"
#include "common/explore/search.h"
#include "common/explore/state_store.h"
#include "common/program/program.h"

namespace ipclab {

// True when a check has failed on the way to this state, or in it.
bool HasFailed(const int64_t* state);

// The rows of the table of outcomes, without any number of schedules. One text has two rows where
// some that end like it have failed and others have not.
class OutcomeRows {
 public:
  explicit OutcomeRows(const Program& program) : program_(program) {}

  // The row of a state where nobody can go on.
  uint32_t RowOf(const int64_t* end);

  const std::vector<OutcomeTally>& rows() const { return rows_; }

 private:
  const Program& program_;
  std::map<std::pair<std::string, bool>, uint32_t> row_of_;
  std::vector<OutcomeTally> rows_;
};

// Adds up what the rows say: schedules, failing, deadlocked, outcomes and overflow of exploration.
void SetOutcomes(std::vector<OutcomeTally> rows, Exploration& exploration);

// Counts ends, one at a time: fast, by their states, of which there are few.
class EndTally {
 public:
  EndTally(const Program& program, ByteBudget& budget);

  // False when there is no room.
  bool Add(const int64_t* end, int preemptions);

  // What SetOutcomes sets, and least_preemptions.
  void SetResult(Exploration& exploration) const;

 private:
  struct End {
    uint32_t row;
    int least_preemptions;
    int64_t schedules;
  };

  ByteBudget& budget_;
  StateStore states_;
  OutcomeRows rows_;
  std::vector<End> ends_;  // by number of its state
};

}  // namespace ipclab
