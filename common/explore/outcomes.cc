#include "common/explore/outcomes.h"

#include <algorithm>

#include "common/program/state.h"
#include "common/program/words.h"

namespace ipclab {

bool HasFailed(const int64_t* state) {
  return *reinterpret_cast<const FailureKind*>(state) != FailureKind::kNone;
}

uint32_t OutcomeRows::RowOf(const int64_t* end) {
  std::string outcome = OutcomeText(program_, end);
  const bool failing = HasFailed(end);
  const auto [found, is_new] =
      row_of_.try_emplace({outcome, failing}, static_cast<uint32_t>(rows_.size()));
  if (is_new) rows_.push_back({std::move(outcome), 0, failing, IsDeadlock(program_, end)});
  return found->second;
}

void SetOutcomes(std::vector<OutcomeTally> rows, Exploration& exploration) {
  for (const OutcomeTally& row : rows) {
    exploration.overflow |= !AddTo(exploration.schedules, row.schedules);
    if (row.failing) exploration.overflow |= !AddTo(exploration.failing, row.schedules);
    if (row.deadlocked) exploration.overflow |= !AddTo(exploration.deadlocked, row.schedules);
  }
  std::sort(rows.begin(), rows.end(), [](const OutcomeTally& a, const OutcomeTally& b) {
    return std::tie(a.outcome, a.failing) < std::tie(b.outcome, b.failing);
  });
  exploration.outcomes = std::move(rows);
}

EndTally::EndTally(const Program& program, ByteBudget& budget)
    : budget_(budget), states_(static_cast<size_t>(program.state_words), budget), rows_(program) {}

bool EndTally::Add(const int64_t* end, int preemptions) {
  if (!budget_.MakeRoom(ends_)) return false;
  const std::optional<StateStore::Known> known = states_.Add(end);
  if (!known) return false;
  if (known->is_new) ends_.push_back({rows_.RowOf(end), preemptions, 0});
  End& tallied = ends_[known->number];
  ++tallied.schedules;
  tallied.least_preemptions = std::min(tallied.least_preemptions, preemptions);
  return true;
}

void EndTally::SetResult(Exploration& exploration) const {
  std::vector<OutcomeTally> rows = rows_.rows();
  for (const End& end : ends_) {
    OutcomeTally& row = rows[end.row];
    row.schedules += static_cast<Count>(end.schedules);
    if (!row.failing) continue;
    exploration.least_preemptions = std::min(
        exploration.least_preemptions.value_or(end.least_preemptions), end.least_preemptions);
  }
  SetOutcomes(std::move(rows), exploration);
}

}  // namespace ipclab
