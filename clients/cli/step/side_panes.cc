#include "clients/cli/step/side_panes.h"

#include <algorithm>
#include <functional>

#include "clients/cli/step/history_pane.h"
#include "clients/cli/step/object_pane.h"
#include "clients/cli/step/worker_pane.h"

namespace ipclab::cli {
namespace {

// The rows of each part, without titles.
struct Shares {
  LaneForm form = LaneForm::kWhole;
  size_t lanes = 0;
  size_t objects = 0;
  size_t checks = 0;
  size_t printed = 0;
  size_t history = 0;

  size_t rows() const {
    size_t rows = 0;
    for (const size_t part : {lanes, objects, checks, printed, history}) {
      rows += part == 0 ? 0 : part + 1;
    }
    return rows;
  }
};

Shares AllOf(const StepScreen& screen, ScreenSize room, SideParts parts) {
  Shares shares;
  if (parts.standing) {
    shares.lanes = LaneRows(screen, shares.form, room.columns);
    shares.objects = static_cast<size_t>(screen.view.objects_size());
    shares.checks = static_cast<size_t>(screen.view.checks_size());
  }
  if (parts.passing) {
    shares.printed = std::min<size_t>(static_cast<size_t>(screen.view.output_size()), 5);
    shares.history = 4;
  }
  return shares;
}

size_t Least(size_t rows, size_t most) { return std::min(rows, most); }

// One after the other, until all fits.
std::vector<std::function<void(Shares&)>> Savings(const StepScreen& screen, size_t columns) {
  const auto lanes_as = [&screen, columns](LaneForm form) {
    return [&screen, columns, form](Shares& shares) {
      if (shares.lanes == 0) return;
      shares.form = form;
      shares.lanes = LaneRows(screen, form, columns);
    };
  };
  return {[](Shares& shares) { shares.printed = Least(shares.printed, 2); },
          lanes_as(LaneForm::kTwoLines),
          [](Shares& shares) { shares.objects = Least(shares.objects, 6); },
          [](Shares& shares) { shares.checks = Least(shares.checks, 2); },
          lanes_as(LaneForm::kOneLine),
          [](Shares& shares) { shares.objects = Least(shares.objects, 4); },
          [](Shares& shares) { shares.printed = Least(shares.printed, 1); },
          lanes_as(LaneForm::kCell),
          [](Shares& shares) { shares.checks = Least(shares.checks, 1); },
          [](Shares& shares) { shares.history = Least(shares.history, 2); },
          [](Shares& shares) { shares.objects = Least(shares.objects, 2); },
          [](Shares& shares) { shares.printed = 0; },
          [](Shares& shares) { shares.checks = 0; },
          [](Shares& shares) { shares.history = 0; },
          [](Shares& shares) { shares.objects = 0; }};
}

Shares SharesFor(const StepScreen& screen, ScreenSize room, SideParts parts) {
  Shares shares = AllOf(screen, room, parts);
  for (const auto& save : Savings(screen, room.columns)) {
    if (shares.rows() <= room.rows) break;
    save(shares);
  }
  // What is left over is for the history.
  if (shares.history > 0 && shares.rows() < room.rows) shares.history += room.rows - shares.rows();
  return shares;
}

}  // namespace

StyledLines SidePanes(const StepScreen& screen, ScreenSize room, SideParts parts,
                      Scrolls& scrolls) {
  const Shares shares = SharesFor(screen, room, parts);
  StyledLines lines;
  const auto add = [&](const std::string& title, bool chosen, StyledLines part, size_t rows) {
    if (rows == 0) return;
    part.resize(rows);
    lines.push_back(TitleRule(title, room.columns, chosen));
    lines.insert(lines.end(), part.begin(), part.end());
  };
  add("workers", false, LaneLines(screen, shares.form, room.columns), shares.lanes);
  if (shares.objects > 0) {
    StyledLines objects = ObjectLines(screen, room.columns, shares.objects, scrolls);
    add(ObjectTitle(screen, shares.objects, scrolls), screen.pane == Pane::kObjects,
        std::move(objects), shares.objects);
  }
  add("checks", false, CheckLines(screen, room.columns), shares.checks);
  add("printed", false, PrintedLines(screen, room.columns, shares.printed), shares.printed);
  if (shares.history > 0) {
    add("history", screen.pane == Pane::kHistory,
        HistoryLines(screen, room.columns, shares.history, scrolls), shares.history);
  }
  if (lines.size() > room.rows) lines.resize(room.rows);
  return lines;
}

}  // namespace ipclab::cli
