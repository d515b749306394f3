#include "clients/cli/metrics_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/experiment_name.h"
#include "clients/cli/failure.h"
#include "clients/cli/figures_page.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/moment.h"
#include "clients/cli/parse.h"
#include "clients/cli/running_server.h"
#include "clients/cli/standard_streams.h"
#include "clients/cli/units.h"
#include "google/protobuf/util/time_util.h"

namespace ipclab::cli {
namespace {

constexpr char kMetricsExamples[] =
    "  ipclab metrics x-1a2b3c4d\n"
    "  ipclab metrics x-1a2b3c4d --watch\n"
    "  ipclab metrics x-1a2b3c4d --interval 100ms --json";

constexpr int kRowsPerHeader = 20;  // of a terminal, where the header would scroll away

struct MetricsFlags {
  std::string name;
  bool watch = false;
  std::string interval;
};

// To a tenth of a second, as rows come more often than every second.
std::string ElapsedText(const v1::Metrics& metrics) {
  const absl::Duration elapsed = DurationOf(metrics.elapsed());
  if (elapsed >= absl::Minutes(1)) return RoughText(elapsed);
  return absl::StrFormat("%.1fs", absl::ToDoubleSeconds(elapsed));
}

int ShowOnce(Connection& connection, const std::string& name, bool json) {
  const auto context = connection.NewCall();
  v1::GetMetricsRequest request;
  request.set_name(name);
  v1::Metrics metrics;
  const grpc::Status status = connection.experiments().GetMetrics(context.get(), request, &metrics);
  if (!status.ok()) return Report(FailureOf(status), json);
  const std::string text = json ? absl::StrCat(MessageJson(metrics), "\n")
                                : FiguresPage(metrics, TerminalOf(STDOUT_FILENO));
  std::fputs(text.c_str(), stdout);
  return static_cast<int>(ExitCode::kDone);
}

int Stream(Connection& connection, const v1::WatchMetricsRequest& request, Interrupt& interrupt,
           bool json) {
  const Terminal terminal = TerminalOf(STDOUT_FILENO);
  const auto context = connection.NewStream();
  const Interrupt::Guard guard(interrupt, *context);
  const auto stream = connection.experiments().WatchMetrics(context.get(), request);
  v1::Metrics metrics;
  std::optional<v1::Metrics> before;
  bool heard = true;
  for (int row = 0; heard && stream->Read(&metrics); ++row) {
    if (json) {
      std::printf("%s\n", MessageJson(metrics).c_str());
    } else {
      const bool header = terminal.interactive ? row % kRowsPerHeader == 0 : row == 0;
      if (header) std::printf("%s\n", terminal.Paint(Tone::kStrong, MetricsHeader()).c_str());
      std::printf("%s\n", MetricsRow(metrics, before ? &*before : nullptr).c_str());
    }
    heard = FlushOutput();
    if (!heard) context->TryCancel();
    before = metrics;
  }
  const grpc::Status status = stream->Finish();
  if (interrupt.raised()) return ExitCodeOfSignal(interrupt.signal());
  if (!heard) return static_cast<int>(ExitCode::kCheckFailed);
  if (!status.ok()) return Report(FailureOf(status), json);
  return static_cast<int>(ExitCode::kDone);
}

int Run(const CommonFlags& common, const MetricsFlags& flags) {
  const std::string name = ExperimentName(flags.name);
  const bool once = !flags.watch && flags.interval.empty();
  const absl::StatusOr<absl::Duration> interval =
      flags.interval.empty() ? absl::Seconds(1) : ParseDuration(flags.interval);
  if (!interval.ok()) {
    return Report(FailureOf(absl::InvalidArgumentError(
                      absl::StrCat("--interval: ", std::string(interval.status().message())))),
                  common.json);
  }
  std::optional<Interrupt> interrupt;
  if (!once) interrupt.emplace();
  const auto connection = OpenRunningServer(common);
  if (!connection.ok()) return Report(FailureOf(connection.status()), common.json);
  if (once) return ShowOnce(**connection, name, common.json);
  v1::WatchMetricsRequest request;
  request.set_name(name);
  *request.mutable_interval() =
      google::protobuf::util::TimeUtil::NanosecondsToDuration(absl::ToInt64Nanoseconds(*interval));
  return Stream(**connection, request, *interrupt, common.json);
}

}  // namespace

Command AddMetricsCommand(CLI::App& app, CommonFlags& common) {
  const auto flags = std::make_shared<MetricsFlags>();
  CLI::App& command =
      AddServerCommand(app, "metrics", "Show an experiment's figures, once or as they come",
                       kMetricsExamples, common);
  command.add_option("name", flags->name, Described("The experiment"))
      ->type_name(kExperimentType)
      ->required();
  command.add_flag("--watch", flags->watch, Described("A line every interval until it ends"));
  command
      .add_option("--interval", flags->interval,
                  Described("Time between two lines, 10ms at least; as --watch [1s]"))
      ->type_name("TIME");
  return {&command, [&common, flags] { return Run(common, *flags); }};
}

std::string MetricsHeader() {
  return absl::StrFormat("%8s %12s %11s %9s %9s %9s %8s", "elapsed", "messages", "messages/s",
                         "p50", "p99", "max", "lost");
}

std::string MetricsRow(const v1::Metrics& metrics, const v1::Metrics* before) {
  const v1::Latency* latency = MainLatency(metrics);
  const auto percentile = [&](double percent) {
    const auto nanos = latency ? PercentileOf(*latency, percent) : std::nullopt;
    return nanos ? NanosText(*nanos) : "-";
  };
  // Since the row before. A figure of another kind, stepped after free, has none before it.
  double rate = metrics.messages_per_second();
  if (before && before->stepped() == metrics.stepped()) {
    const double seconds =
        absl::ToDoubleSeconds(DurationOf(metrics.elapsed()) - DurationOf(before->elapsed()));
    const int64_t messages = metrics.total().messages() - before->total().messages();
    rate = seconds > 0 ? static_cast<double>(messages) / seconds : 0;
  }
  std::string row =
      absl::StrFormat("%8s %12d %11s %9s %9s %9s %8d", ElapsedText(metrics),
                      metrics.total().messages(), RateText(rate), percentile(50), percentile(99),
                      latency ? NanosText(latency->max_nanos()) : "-", metrics.total().lost());
  if (const int64_t merged = metrics.total().coalesced()) {
    absl::StrAppend(&row, "  ", merged, " merged");
  }
  if (const int64_t retries = metrics.total().retries()) {
    absl::StrAppend(&row, "  ", retries, " read again");
  }
  return row;
}

}  // namespace ipclab::cli
