#include "clients/cli/list_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cli/experiment_list.h"
#include "clients/cli/experiment_name.h"
#include "clients/cli/experiment_page.h"
#include "clients/cli/running_server.h"

namespace ipclab::cli {
namespace {

constexpr char kListExamples[] =
    "  ipclab list\n"
    "  ipclab list --filter 'state = RUNNING AND labels.team = \"a\"'\n"
    "  ipclab list --order-by 'step desc' --limit 10\n"
    "  ipclab list --names --filter 'state = FAILED'\n"
    "  ipclab list --json\n"
    "\n"
    "A filter compares name, uid, state, mechanism, pattern, labels.KEY (= !=), create_time,\n"
    "end_time and step (= != < <= > >=), joined by AND.";

struct ListFlags {
  ExperimentQuery query;
  bool names = false;
};

int Run(const CommonFlags& common, const ListFlags& flags) {
  const auto connection = OpenRunningServer(common);
  if (!connection.ok()) return Report(FailureOf(connection.status()), common.json);
  std::vector<v1::Experiment> experiments;
  const ExperimentCount count =
      VisitExperiments(**connection, flags.query, [&](v1::Experiment each) {
        if (common.json) {
          std::printf("%s\n", MessageJson(each).c_str());
        } else if (flags.names) {
          std::printf("%s\n", ExperimentId(each.name()).c_str());
        } else {
          experiments.push_back(std::move(each));
        }
      });
  if (count.failure) return Report(*count.failure, common.json);
  if (common.json || flags.names) return static_cast<int>(ExitCode::kDone);
  const Terminal terminal = TerminalOf(STDOUT_FILENO);
  if (!experiments.empty()) {
    std::fputs(ExperimentTable(experiments, terminal, absl::Now()).c_str(), stdout);
  }
  // On standard error, so that programs which read the table are not in its way.
  if (experiments.empty()) {
    std::fputs(flags.query.filter.empty() ? "no experiments\n" : "no experiments match\n", stderr);
  } else if (count.matching > static_cast<int64_t>(experiments.size())) {
    std::fprintf(stderr, "%zu of %lld; --limit 0 shows all\n", experiments.size(),
                 static_cast<long long>(count.matching));
  }
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

Command AddListCommand(CLI::App& app, CommonFlags& common) {
  const auto flags = std::make_shared<ListFlags>();
  CLI::App& command = AddServerCommand(app, "list", "List experiments", kListExamples, common);
  command.add_option("--filter", flags->query.filter, Described("Only those that match"))
      ->type_name("FILTER");
  command
      .add_option("--order-by", flags->query.order_by,
                  Described("name, state, create_time, update_time, end_time or step, each with "
                            "\" desc\" behind it if so wanted [create_time desc]"))
      ->type_name("FIELDS");
  command.add_option("--limit", flags->query.limit, Described("The most to show; 0 is all"))
      ->type_name("N")
      ->check(CLI::NonNegativeNumber.description(""))
      ->capture_default_str();
  command.add_flag("--names", flags->names, Described("Print names only, one a line"));
  return {&command, [&common, flags] { return Run(common, *flags); }};
}

}  // namespace ipclab::cli
