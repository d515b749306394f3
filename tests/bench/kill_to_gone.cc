// The server is killed with SIGKILL: how long until the last worker of 20 experiments is gone,
// against as many bare children that are killed directly.

#include <chrono>

#include "absl/strings/str_cat.h"
#include "tests/bench/bare_program.h"
#include "tests/bench/lab.h"
#include "tests/bench/report.h"
#include "tests/bench/samples.h"

namespace ipclab::bench {
namespace {

constexpr int kRounds = 7;
constexpr int kExperiments = 20;
constexpr double kMostNanos = 100e6;

using SteadyClock = std::chrono::steady_clock;

// The pidfds of all workers, and of the process that starts them.
absl::StatusOr<std::vector<UniqueFd>> OpenWorkers(Lab& lab) {
  std::vector<UniqueFd> pidfds;
  for (int i = 0; i < kExperiments; ++i) {
    const auto experiment = lab.Create(RoundTrips("pipe", v1::Placement::POLICY_UNSPECIFIED, 1000),
                                       v1::Experiment::READY);
    if (!experiment.ok()) return experiment.status();
    for (const v1::Worker& worker : experiment->workers()) {
      auto pidfd = OpenPidfd(worker.pid());
      if (!pidfd.ok()) return pidfd.status();
      pidfds.push_back(*std::move(pidfd));
    }
  }
  return pidfds;
}

absl::StatusOr<double> KillServer() {
  auto lab = Lab::Start();
  if (!lab.ok()) return lab.status();
  const auto workers = OpenWorkers(**lab);
  if (!workers.ok()) return workers.status();
  const auto begin = SteadyClock::now();
  (*lab)->Kill();
  if (absl::Status status = AwaitAll(*workers); !status.ok()) return status;
  return std::chrono::duration<double, std::nano>(SteadyClock::now() - begin).count();
}

absl::Status Measure(Report& report) {
  auto bare = BareProgram::Start(BareProgram::kSmall);
  if (!bare.ok()) return bare.status();
  Samples lab_times;
  Samples bare_times;
  for (int round = 0; round < kRounds; ++round) {
    const auto lab_time = KillServer();
    if (!lab_time.ok()) return lab_time.status();
    lab_times.Add(*lab_time);
    const auto answer = bare->Do({.act = BareRequest::kKills,
                                  .count = 2 * kExperiments,
                                  .warm_up = 0,
                                  .message_bytes = 0,
                                  .cpus = {}});
    if (!answer.ok()) return answer.status();
    bare_times.Add(static_cast<double>(answer->nanos));
  }
  report.Note(absl::StrCat(kExperiments, " experiments of two workers; ", kRounds,
                           " rounds of each, taken in turns"));
  report.Add({.what = "last worker gone, worst round",
              .figure = Nanos(lab_times.Greatest()),
              .control = Nanos(bare_times.Greatest()),
              .at_most = Nanos(kMostNanos)});
  report.Add({.what = "last worker gone, median",
              .figure = Nanos(lab_times.Median()),
              .control = Nanos(bare_times.Median())});
  return absl::OkStatus();
}

}  // namespace
}  // namespace ipclab::bench

int main() {
  return ipclab::bench::Run("kill_to_gone: SIGKILL of the server until its last worker is gone",
                            ipclab::bench::Measure, "lab", "bare kill");
}
