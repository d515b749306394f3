#include "clients/cli/programs/program_figures.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "clients/cli/moment.h"
#include "clients/cli/parse.h"
#include "clients/cli/sections.h"
#include "clients/cli/table.h"
#include "clients/cli/units.h"

namespace ipclab::cli {

std::string ProgramFigures(const v1::Metrics& metrics, const Terminal& terminal) {
  const v1::ProgramMetrics& program = metrics.program();
  return absl::StrCat(
      Section(program.free() ? "figures of the free run" : "figures of the steps",
              {{"operations", absl::StrCat(program.steps())},
               {"hand-offs", program.free() ? "" : absl::StrCat(program.hand_offs())},
               {"time", NanosText(absl::ToInt64Nanoseconds(DurationOf(metrics.elapsed())))}},
              terminal),
      "\n", ProgramWorkerTable(metrics, terminal));
}

std::string ProgramWorkerTable(const v1::Metrics& metrics, const Terminal& terminal) {
  const v1::ProgramMetrics& program = metrics.program();
  std::vector<Table::Column> columns = {{.title = "worker", .align = kLeft, .key = true},
                                        {.title = "operations"}};
  if (program.free()) {
    columns.push_back({.title = "blocked"});
    columns.push_back({.title = "share of time"});
  } else {
    columns.push_back({.title = "blocked for steps"});
  }
  Table table(std::move(columns));
  const double elapsed = absl::ToDoubleSeconds(DurationOf(metrics.elapsed()));
  for (const v1::ProgramWorkerMetrics& worker : program.workers()) {
    std::vector<std::string> cells = {Printable(worker.letter()), absl::StrCat(worker.steps())};
    if (program.free()) {
      const absl::Duration blocked = DurationOf(worker.blocked_time());
      const double share = elapsed > 0 ? absl::ToDoubleSeconds(blocked) / elapsed : 0;
      cells.push_back(NanosText(absl::ToInt64Nanoseconds(blocked)));
      cells.push_back(absl::StrCat(static_cast<int>(100 * share + 0.5), "%"));
    } else {
      cells.push_back(absl::StrCat(worker.blocked_steps()));
    }
    table.AddRow(std::move(cells));
  }
  return table.Render(terminal);
}

}  // namespace ipclab::cli
