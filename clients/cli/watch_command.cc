#include "clients/cli/watch_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cli/event_text.h"
#include "clients/cli/experiment_name.h"
#include "clients/cli/experiment_watch.h"
#include "clients/cli/live_block.h"
#include "clients/cli/live_figures.h"
#include "clients/cli/parse.h"
#include "clients/cli/running_server.h"
#include "clients/cli/standard_streams.h"
#include "clients/cli/watch_view.h"

namespace ipclab::cli {
namespace {

constexpr char kWatchExamples[] =
    "  ipclab watch x-1a2b3c4d\n"
    "  ipclab watch x-1a2b3c4d --json\n"
    "  ipclab watch x-1a2b3c4d > events.txt\n"
    "\n"
    "A connection that is lost is made again, and no event is missed as long as the server keeps\n"
    "it. Exit code: 0 the experiment succeeded; 1 it ended otherwise.";

constexpr absl::Duration kRedrawInterval = absl::Milliseconds(250);

struct WatchFlags {
  std::string name;
  std::string patience = "1m";
};

// Events line by line: what is kept in a file, or read by a program.
class EventLines final : public WatchObserver {
 public:
  explicit EventLines(bool json) : json_(json) {}

  void OnStream(Connection&) override {}
  void OnStreamEnd() override {}

  bool OnEvent(const v1::ExperimentEvent& event) override {
    std::printf("%s\n", (json_ ? MessageJson(event) : EventText(event)).c_str());
    if (event.has_snapshot()) state_ = event.snapshot().state();
    if (event.has_state_change()) state_ = event.state_change().to();
    return FlushOutput();
  }

  void OnLost(const Failure& failure) override {
    std::fprintf(stderr, "ipclab: %s; trying again\n", FailureText(failure).c_str());
  }

  v1::Experiment::State state() const { return state_; }

 private:
  const bool json_;
  v1::Experiment::State state_ = v1::Experiment::STATE_UNSPECIFIED;
};

// The block on a terminal. Events come on one thread, figures on another.
class LiveScreen final : public WatchObserver {
 public:
  explicit LiveScreen(std::string name)
      : name_(std::move(name)), view_(GlyphsOfLocale()), block_(STDOUT_FILENO) {}

  void OnStream(Connection& connection) override {
    figures_.emplace(connection, name_, kRedrawInterval, [this](const v1::Metrics& metrics) {
      const std::lock_guard lock(mutex_);
      view_.Take(metrics, absl::Now());
      Draw();
    });
  }

  bool OnEvent(const v1::ExperimentEvent& event) override {
    const std::lock_guard lock(mutex_);
    view_.Take(event);
    Draw();
    return true;
  }

  void OnStreamEnd() override { figures_.reset(); }

  void OnLost(const Failure& failure) override {
    const std::lock_guard lock(mutex_);
    view_.SetLost(absl::StrCat(failure.message, "; trying again"));
    Draw();
  }

  v1::Experiment::State state() const { return view_.experiment().state(); }

 private:
  // Figures may come before the first event, when there is nothing to show them with.
  void Draw() {
    if (view_.experiment().name().empty()) return;
    // Asked for anew: its width may have changed.
    block_.Draw(view_.Lines(TerminalOf(STDOUT_FILENO), absl::Now()));
  }

  const std::string name_;
  std::mutex mutex_;
  WatchView view_;   // guarded by mutex_
  LiveBlock block_;  // guarded by mutex_
  std::optional<LiveFigures> figures_;
};

int Finish(const std::optional<Failure>& failure, v1::Experiment::State state,
           const Interrupt& interrupt, bool json) {
  if (interrupt.raised()) return ExitCodeOfSignal(interrupt.signal());
  if (failure) return Report(*failure, json);
  return static_cast<int>(state == v1::Experiment::SUCCEEDED ? ExitCode::kDone
                                                             : ExitCode::kCheckFailed);
}

int Run(const CommonFlags& common, const WatchFlags& flags) {
  const absl::StatusOr<absl::Duration> patience = ParseDuration(flags.patience);
  if (!patience.ok()) {
    return Report(FailureOf(absl::InvalidArgumentError(
                      absl::StrCat("--patience: ", std::string(patience.status().message())))),
                  common.json);
  }
  const absl::StatusOr<ConnectionOptions> options = ReadRunningServerOptions(common);
  if (!options.ok()) return Report(FailureOf(options.status()), common.json);
  const WatchPlan plan = {
      .server = *options, .name = ExperimentName(flags.name), .patience = *patience};
  Interrupt interrupt;
  if (common.json || !TerminalOf(STDOUT_FILENO).interactive) {
    EventLines lines(common.json);
    const auto failure = FollowExperiment(plan, interrupt, lines);
    return Finish(failure, lines.state(), interrupt, common.json);
  }
  LiveScreen screen(plan.name);
  const auto failure = FollowExperiment(plan, interrupt, screen);
  return Finish(failure, screen.state(), interrupt, common.json);
}

}  // namespace

Command AddWatchCommand(CLI::App& app, CommonFlags& common) {
  const auto flags = std::make_shared<WatchFlags>();
  CLI::App& command =
      AddServerCommand(app, "watch", "Follow an experiment to its end", kWatchExamples, common);
  command.add_option("name", flags->name, Described("The experiment"))
      ->type_name(kExperimentType)
      ->required();
  command
      .add_option("--patience", flags->patience,
                  Described("How long to look for a server that was lost"))
      ->type_name("TIME")
      ->capture_default_str();
  return {&command, [&common, flags] { return Run(common, *flags); }};
}

}  // namespace ipclab::cli
