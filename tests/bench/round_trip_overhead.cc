// Round trips as the lab measures them, against a bare loop of the same calls by two processes
// pinned alike: what the lab's own work adds to each message.
//
// Usage: round_trip_overhead [MECHANISM...]; all of them without arguments.

#include <algorithm>
#include <span>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "tests/bench/bare_program.h"
#include "tests/bench/lab.h"
#include "tests/bench/report.h"
#include "tests/bench/samples.h"

namespace ipclab::bench {
namespace {

constexpr int kRounds = 7;
constexpr double kTarget = 1.05;

struct Figures {
  Samples medians;  // of each round
};

struct Wire {
  const char* mechanism;
  BareRequest::Wire bare;
  v1::Pattern::Kind pattern = v1::Pattern::ROUND_TRIP;
};

constexpr Wire kWires[] = {{"pipe", BareRequest::kPipe},
                           {"fifo", BareRequest::kFifo},
                           {"unix_stream", BareRequest::kUnixStream},
                           {"unix_seqpacket", BareRequest::kUnixSeqpacket},
                           {"tcp", BareRequest::kTcp},
                           {"posix_mq", BareRequest::kPosixMq},
                           {"sysv_mq", BareRequest::kSysvMq},
                           {"eventfd", BareRequest::kEventfd, v1::Pattern::HAND_OFF},
                           {"futex_event", BareRequest::kFutexEvent, v1::Pattern::HAND_OFF},
                           {"signal", BareRequest::kSignal, v1::Pattern::HAND_OFF}};

struct Setting {
  const char* name;
  v1::Placement::Policy placement;
  int messages;
};

// Two rounds that differ much in length would be met by different moments of the host.
constexpr Setting kSettings[] = {{"one CPU", v1::Placement::SAME_CPU, 50'000},
                                 {"two CPUs", v1::Placement::DIFFERENT_CORES, 20'000}};

// Round trips, or hand-offs by what carries no messages.
v1::ExperimentSpec SpecOf(const Wire& wire, const Setting& setting) {
  v1::ExperimentSpec spec = RoundTrips(wire.mechanism, setting.placement, setting.messages);
  if (wire.pattern == v1::Pattern::HAND_OFF) {
    spec.mutable_measure()->set_pattern(wire.pattern);
    spec.mutable_measure()->clear_message_bytes();
  }
  return spec;
}

absl::StatusOr<v1::Experiment> MeasureLab(Lab& lab, const Wire& wire, const Setting& setting,
                                          Figures& figures) {
  auto experiment = lab.Measure(SpecOf(wire, setting));
  if (!experiment.ok()) return experiment.status();
  const v1::Metrics& metrics = experiment->result().metrics();
  if (metrics.latencies_size() != 1 || metrics.messages_per_second() <= 0) {
    return absl::InternalError("the lab's result has no figures");
  }
  figures.medians.Add(static_cast<double>(metrics.latencies(0).percentiles(0).nanos()));
  if (absl::Status status = lab.Remove(experiment->name()); !status.ok()) return status;
  return experiment;
}

// On the same CPUs, with the same messages and warm-up.
absl::Status MeasureBare(BareProgram& bare, const Wire& wire, const v1::Experiment& like,
                         Figures& figures) {
  const v1::MeasureSpec& measure = like.spec().measure();
  const auto answer = bare.Do({.act = BareRequest::kRoundTrips,
                               .wire = wire.bare,
                               .count = static_cast<int32_t>(measure.messages()),
                               .warm_up = static_cast<int32_t>(measure.warm_up_messages()),
                               .message_bytes = static_cast<int32_t>(measure.message_bytes()),
                               .cpus = {like.workers(0).cpu(), like.workers(1).cpu()}});
  if (!answer.ok()) return answer.status();
  figures.medians.Add(static_cast<double>(answer->nanos));
  return absl::OkStatus();
}

absl::Status MeasureSetting(Lab& lab, BareProgram& bare, const Wire& wire, const Setting& setting,
                            Report& report) {
  Figures lab_figures;
  Figures bare_figures;
  for (int round = 0; round < kRounds; ++round) {
    const auto experiment = MeasureLab(lab, wire, setting, lab_figures);
    if (!experiment.ok()) return experiment.status();
    if (absl::Status status = MeasureBare(bare, wire, *experiment, bare_figures); !status.ok()) {
      return status;
    }
  }
  report.Add({.what = absl::StrCat(wire.mechanism, ", ", setting.name, ", p50"),
              .figure = Nanos(lab_figures.medians.Median()),
              .control = Nanos(bare_figures.medians.Median()),
              .ratio_at_most = kTarget});
  return absl::OkStatus();
}

absl::Status Measure(std::span<char* const> chosen, Report& report) {
  auto bare = BareProgram::Start(BareProgram::kLinked);
  if (!bare.ok()) return bare.status();
  auto lab = Lab::Start();
  if (!lab.ok()) return lab.status();
  auto info = v1::ServerInfo();
  const grpc::Status asked = (*lab)->system().GetServerInfo(NewCall().get(), {}, &info);
  if (!asked.ok()) return ToStatus(asked, "GetServerInfo");
  report.Note(
      absl::StrCat("64 bytes, or events; medians of ", kRounds,
                   " rounds of each, taken in turns; clock: ", info.environment().worker_clock()));
  for (const Setting& setting : kSettings) {
    if (setting.placement == v1::Placement::DIFFERENT_CORES && info.environment().cpus() < 2) {
      report.Note("this host has one CPU: nothing is measured across CPUs");
      continue;
    }
    for (const Wire& wire : kWires) {
      if (!chosen.empty() && std::ranges::count(chosen, std::string_view(wire.mechanism)) == 0) {
        continue;
      }
      if (absl::Status status = MeasureSetting(**lab, *bare, wire, setting, report); !status.ok()) {
        return status;
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace ipclab::bench

int main(int argc, char** argv) {
  const std::span<char* const> chosen(argv + 1, argv + argc);
  return ipclab::bench::Run(
      "round_trip_overhead: what the lab adds to a message",
      [chosen](ipclab::bench::Report& report) { return ipclab::bench::Measure(chosen, report); },
      "lab", "bare loop");
}
