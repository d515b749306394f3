#include "clients/cli/ipc_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/clock.h"
#include "clients/cli/failure.h"
#include "clients/cli/ipc_page.h"
#include "clients/cli/running_server.h"

namespace ipclab::cli {
namespace {

using Objects = std::vector<v1::IpcObject>;

struct IpcFlags {
  bool all = false;
  bool reclaim = false;
};

std::variant<Objects, Failure> ListObjects(Connection& connection, bool all) {
  Objects objects;
  v1::ListIpcObjectsRequest request;
  request.set_all(all);
  request.set_page_size(1000);
  do {
    const auto context = connection.NewCall();
    v1::ListIpcObjectsResponse page;
    const grpc::Status status = connection.system().ListIpcObjects(context.get(), request, &page);
    if (!status.ok()) return FailureOf(status);
    objects.insert(objects.end(), page.ipc_objects().begin(), page.ipc_objects().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return objects;
}

std::variant<Objects, Failure> ReclaimObjects(Connection& connection, bool dry_run) {
  const auto context = connection.NewCall();
  v1::ReclaimIpcObjectsRequest request;
  request.set_dry_run(dry_run);
  v1::ReclaimIpcObjectsResponse response;
  const grpc::Status status =
      connection.system().ReclaimIpcObjects(context.get(), request, &response);
  if (!status.ok()) return FailureOf(status);
  return Objects(response.ipc_objects().begin(), response.ipc_objects().end());
}

void Print(const Objects& objects, bool json) {
  if (json) {
    for (const v1::IpcObject& each : objects) std::printf("%s\n", MessageJson(each).c_str());
  } else if (!objects.empty()) {
    std::fputs(IpcTable(objects, TerminalOf(STDOUT_FILENO), absl::Now()).c_str(), stdout);
  }
}

int List(Connection& connection, const IpcFlags& flags, bool json) {
  const auto listed = ListObjects(connection, flags.all);
  if (const auto* failure = std::get_if<Failure>(&listed)) return Report(*failure, json);
  const auto& objects = std::get<Objects>(listed);
  Print(objects, json);
  if (json) return static_cast<int>(ExitCode::kDone);
  Objects reclaimable;
  std::copy_if(objects.begin(), objects.end(), std::back_inserter(reclaimable),
               [](const v1::IpcObject& each) { return each.reclaimable(); });
  if (objects.empty()) {
    std::fputs("no objects\n", stderr);
  } else if (!reclaimable.empty()) {
    std::fprintf(stderr, "%s may go: `ipclab ipc --reclaim` removes them\n",
                 IpcCountText(reclaimable).c_str());
  }
  return static_cast<int>(ExitCode::kDone);
}

// Shows what would go before it goes: should the removal hang or fail half way, it is known what
// it was about.
int Reclaim(Connection& connection, bool json) {
  const auto would_go = ReclaimObjects(connection, /*dry_run=*/true);
  if (const auto* failure = std::get_if<Failure>(&would_go)) return Report(*failure, json);
  const auto& candidates = std::get<Objects>(would_go);
  if (candidates.empty()) {
    std::fputs("nothing to reclaim\n", stderr);
    return static_cast<int>(ExitCode::kDone);
  }
  if (!json) {
    std::printf("to be removed: %s\n", IpcCountText(candidates).c_str());
    Print(candidates, json);
    std::fflush(stdout);
  }
  const auto reclaimed = ReclaimObjects(connection, /*dry_run=*/false);
  if (const auto* failure = std::get_if<Failure>(&reclaimed)) return Report(*failure, json);
  Objects gone;
  Objects left;
  for (const v1::IpcObject& each : std::get<Objects>(reclaimed)) {
    (each.error().empty() ? gone : left).push_back(each);
  }
  if (json) {
    Print(gone, json);
    Print(left, json);
  } else {
    std::printf("removed: %s\n", IpcCountText(gone).c_str());
    Print(left, json);
  }
  return static_cast<int>(left.empty() ? ExitCode::kDone : ExitCode::kCheckFailed);
}

int Run(const CommonFlags& common, const IpcFlags& flags) {
  const auto connection = OpenRunningServer(common);
  if (!connection.ok()) return Report(FailureOf(connection.status()), common.json);
  return flags.reclaim ? Reclaim(**connection, common.json)
                       : List(**connection, flags, common.json);
}

}  // namespace

Command AddIpcCommand(CLI::App& app, CommonFlags& common) {
  const auto flags = std::make_shared<IpcFlags>();
  CLI::App& command = AddServerCommand(
      app, "ipc", "List the kernel objects of experiments, or remove those left over",
      "  ipclab ipc\n"
      "  ipclab ipc --all --json\n"
      "  ipclab ipc --reclaim\n"
      "\n"
      "Without --reclaim nothing is removed. Exit code: 1 when an object is still there.",
      common);
  CLI::Option* all =
      command.add_flag("--all", flags->all, Described("What others made on that host too"));
  command
      .add_flag("--reclaim", flags->reclaim,
                Described("Remove this server's objects that no living experiment uses"))
      ->excludes(all);
  return {&command, [&common, flags] { return Run(common, *flags); }};
}

}  // namespace ipclab::cli
