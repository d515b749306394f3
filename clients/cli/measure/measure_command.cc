#include "clients/cli/measure/measure_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/experiment_text.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/measure/measure_selection.h"
#include "clients/cli/measure/measurement.h"
#include "clients/cli/measure/measurement_json.h"
#include "clients/cli/measure/measurement_report.h"
#include "clients/cli/measure/progress.h"
#include "clients/cli/measure/trial.h"
#include "clients/cli/mechanisms_command.h"
#include "clients/cli/units.h"
#include "common/may_lose.h"

namespace ipclab::cli {
namespace {

constexpr char kMeasureExamples[] =
    "  ipclab measure pipe\n"
    "  ipclab measure pipe --bytes 64,4k,64k --pattern stream --duration 300ms\n"
    "  ipclab measure --all --placement same_cpu --trials 10\n"
    "  ipclab measure pipe null --bytes 64..4k --wait block,spin,spin_then_block\n"
    "  ipclab measure pipe --option capacity=65536 --verify --json\n"
    "  ipclab measure pipe mpmc_ring --pattern fan_in --senders 4\n"
    "  ipclab measure mutex futex_lock --workers 4 --critical-section 1us\n"
    "  ipclab measure unix_stream --rate 10k --arrivals poisson\n"
    "\n"
    "Exit code: 0 done; 1 messages were lost or an experiment failed; 2 usage; 3 the server\n"
    "said no; 4 no server; 130 stopped by Ctrl-C.";

// All trials of one item, up to the first that fails.
Measurement Measure(const MeasurePlan& plan, const MeasureItem& item,
                    const v1::Mechanism* mechanism, Connection& connection, Interrupt& interrupt,
                    Progress& progress) {
  const v1::ExperimentSpec spec = SpecOf(plan, item, mechanism);
  const bool may_lose = mechanism != nullptr && MayLose(mechanism->lossy(), mechanism->lossy_with(),
                                                        spec.measure().options());
  std::vector<v1::Experiment> trials;
  for (int i = 0; i < plan.trials; ++i) {
    progress.BeginTrial(absl::StrCat(ItemText(plan, item), ", trial ", i + 1, "/", plan.trials),
                        spec.measure());
    auto end = RunTrial(connection, spec, interrupt, progress);
    if (interrupt.raised()) break;
    if (auto* failure = std::get_if<Failure>(&end)) {
      return Summarize(spec, trials, std::move(*failure), may_lose);
    }
    trials.push_back(std::move(std::get<v1::Experiment>(end)));
    progress.EndTrial();
  }
  return Summarize(spec, trials, std::nullopt, may_lose);
}

bool ConnectionLost(const Measurement& measurement) {
  return measurement.failure && measurement.failure->exit_code == ExitCode::kCannotConnect;
}

// What is to be measured, and what the server says of it.
struct Work {
  Selection selection;
  std::vector<v1::Mechanism> mechanisms;
};

// Measures the items in order and, with json, prints each as soon as it is done.
std::vector<Measurement> MeasureAll(const MeasurePlan& plan, const Work& work,
                                    Connection& connection, Interrupt& interrupt, bool json) {
  std::vector<Measurement> measurements;
  const std::vector<MeasureItem>& items = work.selection.items;
  Progress progress(TerminalOf(STDERR_FILENO), plan.trials * static_cast<int>(items.size()));
  for (const MeasureItem& item : items) {
    const v1::Mechanism* const mechanism = FindMechanism(work.mechanisms, item.mechanism);
    Measurement measurement = Measure(plan, item, mechanism, connection, interrupt, progress);
    if (interrupt.raised() && measurement.trials == 0) break;
    if (json) {
      progress.Erase();
      std::printf("%s\n", MeasurementJson(measurement).c_str());
      std::fflush(stdout);
    }
    measurements.push_back(std::move(measurement));
    if (interrupt.raised() || ConnectionLost(measurements.back())) break;
  }
  return measurements;
}

int ExitCodeOf(const std::vector<Measurement>& measurements, const Interrupt& interrupt) {
  if (interrupt.raised()) return ExitCodeOfSignal(interrupt.signal());
  ExitCode gravest = ExitCode::kDone;
  for (const Measurement& each : measurements) {
    if (each.failure) gravest = std::max(gravest, each.failure->exit_code);
  }
  return static_cast<int>(gravest);
}

// Where the report is read by a program, people find on standard error what is not in it.
void TellFailures(const std::vector<Measurement>& measurements) {
  for (const Measurement& each : measurements) {
    if (!each.failure) continue;
    std::fprintf(stderr, "ipclab: %s: %s\n", SubjectText(each.spec).c_str(),
                 FailureText(*each.failure).c_str());
  }
}

void TellLeftOut(const std::vector<LeftOut>& left_out) {
  for (const LeftOut& each : left_out) {
    std::fprintf(stderr, "ipclab: left out %s: %s\n", each.mechanism.c_str(), each.reason.c_str());
  }
}

std::variant<Work, Failure> FindWork(const MeasurePlan& plan, Connection& connection) {
  auto listed = ListAllMechanisms(connection);
  if (const auto* failure = std::get_if<Failure>(&listed)) return *failure;
  Work work;
  work.mechanisms = std::move(std::get<std::vector<v1::Mechanism>>(listed));
  work.selection = Select(plan, work.mechanisms);
  if (work.selection.items.empty()) {
    return Failure{.exit_code = ExitCode::kRefused,
                   .kind = "REFUSED",
                   .reason = "NO_MECHANISM",
                   .message = "no mechanism here carries this pattern at this size"};
  }
  if (const absl::Status use = CheckUse(plan, work.selection, work.mechanisms); !use.ok()) {
    return FailureOf(use);
  }
  return work;
}

void AddCrowdFlags(CLI::App& command, MeasureFlags& flags) {
  CLI::Range some(1, 60);
  some.description("");  // it would stand in the help, in a form of its own
  command.add_option("--senders", flags.senders, Described("Workers that send: of fan_in [2]"))
      ->type_name("N")
      ->check(some);
  command
      .add_option("--receivers", flags.receivers,
                  Described("Workers that receive: of fan_out and broadcast [2]; of fan_in, where "
                            "one object takes all [1]"))
      ->type_name("N")
      ->check(some);
  command
      .add_option("--workers", flags.workers,
                  Described("Workers in all: of pipeline [3] and contention [2]"))
      ->type_name("N")
      ->check(some);
  command
      .add_option("--critical-section", flags.critical_section,
                  Described("Of contention: how long the lock is held, as in 1us [0]"))
      ->type_name("TIME");
}

void AddLoadFlags(CLI::App& command, MeasureFlags& flags) {
  command
      .add_option("--rate", flags.rate,
                  Described("An open loop: messages due in a second, from each sender, as in 10k. "
                            "Latency counts from when a message was due"))
      ->type_name("R");
  command
      .add_option("--arrivals", flags.arrivals,
                  Described("With --rate: when they are due, equally or by chance [fixed]"))
      ->type_name("fixed|poisson");
  command.add_option("--seed", flags.seed, Described("Of poisson: for the same moments again"))
      ->type_name("N");
  command
      .add_option("--time-every", flags.time_every,
                  Described("Of stream: time one message in N; all are counted [1, or 64 where the "
                            "clock would cost more than the mechanism]"))
      ->type_name("N")
      ->check(CLI::Range(1, 1000).description(""));
}

}  // namespace

CLI::App& AddMeasureCommand(CLI::App& app, CommonFlags& common, MeasureFlags& flags) {
  CLI::App& command = AddCommand(app, "measure", "Measure mechanisms between real processes",
                                 kMeasureExamples, common);
  command
      .add_option("mechanism", flags.mechanisms,
                  Described("What to measure; `ipclab mechanisms` lists it"))
      ->type_name("MECHANISM");
  command.add_flag("--all", flags.all,
                   Described("Every available mechanism, in the first pattern that it carries "
                             "unless --pattern is given"));
  command
      .add_option("--bytes", flags.bytes,
                  Described("Message sizes: 64,4k,1M (k and M are powers of 1024); 64..4k doubles"))
      ->type_name("LIST")
      ->capture_default_str();
  command
      .add_option(
          "--pattern", flags.pattern,
          Described("The traffic, or a list: round_trip, stream, fan_in, fan_out, pipeline, "
                    "broadcast; contention; hand_off, notify. Default: round_trip, or the "
                    "first that the mechanism carries"))
      ->type_name("PATTERN");
  command
      .add_option(
          "--placement", flags.placement,
          Described("same_cpu, same_core, same_cache, different_cores, different_sockets, or CPUs "
                    "such as 0,1. Default: different_cores where there are two"))
      ->type_name("WHERE");
  command
      .add_option("--wait", flags.wait,
                  Described("How a worker waits, or a list of ways: block in the kernel, spin, or "
                            "spin for 50 us and then block"))
      ->type_name("block|spin|spin_then_block")
      ->capture_default_str();
  command
      .add_option("--messages", flags.messages,
                  Described("Messages per trial, instead of --duration"))
      ->type_name("N");
  command
      .add_option("--duration", flags.duration,
                  Described("Time per trial: 1s, 300ms [1s; with --all 300ms]"))
      ->type_name("TIME");
  command.add_option("--trials", flags.trials, Described("Trials of each, with fresh processes"))
      ->type_name("N")
      ->capture_default_str();
  command
      .add_option("--warm-up", flags.warm_up, Described("Messages before the first that counts"))
      ->type_name("N");
  command
      .add_option("--option", flags.options,
                  Described("An option of the mechanism; may be repeated"))
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  AddCrowdFlags(command, flags);
  AddLoadFlags(command, flags);
  command.add_flag("--verify", flags.verify, Described("Check the contents of every message"));
  return command;
}

int RunMeasure(const CommonFlags& common, const MeasureFlags& flags) {
  const absl::StatusOr<MeasurePlan> plan = ReadMeasureFlags(flags);
  if (!plan.ok()) return Report(FailureOf(plan.status()), common.json);
  const absl::StatusOr<ConnectionOptions> options = ReadConnectionOptions(common);
  if (!options.ok()) return Report(FailureOf(options.status()), common.json);
  Interrupt interrupt;
  const auto connection = Connection::Open(*options);
  if (!connection.ok()) return Report(FailureOf(connection.status()), common.json);
  const auto found = FindWork(*plan, **connection);
  if (const auto* failure = std::get_if<Failure>(&found)) return Report(*failure, common.json);
  const Work& work = std::get<Work>(found);
  const std::vector<Measurement> measurements =
      MeasureAll(*plan, work, **connection, interrupt, common.json);
  const Terminal terminal = TerminalOf(STDOUT_FILENO);
  if (common.json || !terminal.interactive) TellFailures(measurements);
  if (common.json) {
    TellLeftOut(work.selection.left_out);
  } else {
    const std::string report =
        absl::StrCat(MeasurementReport(measurements, plan->trials, plan->amount, terminal),
                     LeftOutText(work.selection.left_out, terminal));
    std::fputs(report.c_str(), stdout);
  }
  return ExitCodeOf(measurements, interrupt);
}

}  // namespace ipclab::cli
