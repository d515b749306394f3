#include "server/warnings.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/stats/percentile.h"
#include "server/durations.h"

namespace ipclab {
namespace {

using R = v1::Result;

constexpr double kCoarse = 5;         // a value must be this many times the cost of timing it
constexpr double kShifted = 1.25;     // of the two controls
constexpr double kStolen = 0.01;      // of the run
constexpr double kOthers = 0.02;      // of the run
constexpr double kTicksSeen = 30e-3;  // seconds that the kernel's ticks of 10 ms can tell
constexpr double kUsualDelay = 10e3;  // nanoseconds from a wake-up until running, no one in the way
constexpr double kDrifted = 0.05;
constexpr double kByChance = 0.05;
constexpr absl::Duration kStalled = absl::Milliseconds(5);

std::string Percent(double share) { return absl::StrFormat("%.1f%%", share * 100); }

class Judge {
 public:
  Judge(const Circumstances& circumstances, R& result)
      : experiment_(circumstances.experiment),
        measure_(experiment_.spec().measure()),
        circumstances_(circumstances),
        metrics_(result.metrics()),
        seconds_(absl::ToDoubleSeconds(FromProto(metrics_.elapsed()))),
        result_(result) {}

  void LookAtPlacement() {
    const auto relation = circumstances_.relation;
    if (relation == v1::Placement::SAME_CPU) Warn(R::SAME_CPU, WhoSharesACpu());
    if (relation == v1::Placement::SAME_CORE) {
      Warn(R::SMT_SIBLING, "the workers' CPUs are two hardware threads of one core");
    }
    for (const v1::WorkerMetrics& worker : metrics_.workers()) {
      const int64_t migrations = worker.counters().migrations();
      if (migrations == 0) continue;
      Warn(R::MIGRATED, absl::StrCat("worker ", worker.worker(), " was pinned to CPU ",
                                     CpuOf(worker.worker()), " and was found elsewhere ",
                                     migrations, migrations == 1 ? " time" : " times"));
      break;  // one is enough to make the figures doubtful
    }
    if (relation == v1::Placement::SAME_CPU && measure_.wait() == v1::MeasureSpec::SPIN) {
      Warn(R::SPIN_ON_ONE_CPU, "a worker that spins and the one it waits for share a CPU");
    }
    if (experiment_.spec().share_cpus()) {
      Warn(R::SHARED_CPUS, "other experiments were allowed on the same CPUs");
    }
  }

  void LookAtClock() {
    const double cost = result_.environment().clock_cost_nanos();
    for (const v1::Latency& latency : metrics_.latencies()) {
      for (const v1::Percentile& percentile : latency.percentiles()) {
        if (percentile.percent() != 50 || !percentile.has_nanos()) continue;
        const double timed = static_cast<double>(percentile.nanos()) * std::max(latency.batch(), 1);
        if (timed >= kCoarse * cost) continue;
        return Warn(
            R::CLOCK_COARSE,
            absl::StrFormat("the median of %s is %d ns, and reading the clock costs %.0f ns",
                            v1::Latency::Kind_Name(latency.kind()), percentile.nanos(), cost));
      }
    }
  }

  // What arrives in a second when all that is due is sent in time.
  void LookAtLoad() {
    if (!measure_.has_load() || seconds_ <= 0) return;
    const v1::Counters& total = metrics_.total();
    const auto sent = static_cast<double>(total.messages() + total.coalesced() + total.lost());
    const double achieved = sent / seconds_;
    if (achieved >= InTime(sent) * Offered()) return;
    Warn(R::BEHIND_SCHEDULE,
         absl::StrFormat("%.0f messages a second were due, %.0f were sent", Offered(), achieved));
  }

  void LookAtPlatform() {
    const auto before = static_cast<double>(result_.control_before_nanos());
    const auto after = static_cast<double>(result_.control_after_nanos());
    if (before > 0 && after > 0 && std::max(before, after) > kShifted * std::min(before, after)) {
      Warn(R::PLATFORM_SHIFTED,
           absl::StrFormat("the control was %.0f ns before the run and %.0f ns after it", before,
                           after));
    }
    const v1::HostLoad& load = result_.host_load();
    if (load.steal_share() > kStolen && load.steal_share() * seconds_ > kTicksSeen / 2) {
      Warn(R::STEAL, absl::StrCat("the hypervisor took ", Percent(load.steal_share()),
                                  " of a worker's CPU away"));
    }
    const absl::Duration stall = FromProto(load.longest_hiccup());
    if (stall >= kStalled) {
      Warn(R::STALLED,
           absl::StrCat("the host stood still for ",
                        absl::FormatDuration(absl::Trunc(stall, absl::Microseconds(10))),
                        ", as the server's own clock saw"));
    }
    const v1::Environment& host = result_.environment();
    const bool fixed = host.governor().empty() || host.governor() == "performance";
    if (!fixed || host.boost() == "on") {
      Warn(R::CPU_SCALING,
           fixed ? "boost is on" : absl::StrCat("the governor is ", host.governor()));
    }
  }

  void LookAtNeighbours() {
    // What is due at even times may be in step with the kernel's ticks, by which this is counted.
    const double others = measure_.has_load() ? 0 : result_.host_load().others_share();
    if (others > kOthers && others * seconds_ > kTicksSeen) {
      return Warn(R::NOISY, absl::StrCat("others took ", Percent(others), " of a worker's CPU"));
    }
    for (const v1::WorkerMetrics& worker : metrics_.workers()) {
      if (seconds_ <= 0 || SharesCpu(worker.worker())) continue;
      const v1::Counters& counters = worker.counters();
      const auto wakes =
          static_cast<double>(counters.voluntary_switches() + counters.involuntary_switches());
      const double waited = static_cast<double>(counters.run_delay_nanos()) - kUsualDelay * wakes;
      if (waited < kOthers * seconds_ * 1e9) continue;
      return Warn(R::NOISY,
                  absl::StrCat("worker ", worker.worker(), " was ready to run and waited for CPU ",
                               CpuOf(worker.worker()), " for ", Percent(waited / seconds_ / 1e9),
                               " of the run"));
    }
  }

  void LookAtRun() {
    const auto& drift = circumstances_.drift;
    if (drift && std::abs(drift->change) > kDrifted && drift->p_value < kByChance) {
      Warn(R::DRIFTING, absl::StrFormat("from its beginning to its end the run moved by %+.1f%%",
                                        drift->change * 100));
    }
    if (circumstances_.lock_error != 0) {
      Warn(R::MEMORY_NOT_LOCKED, ::strerrordesc_np(circumstances_.lock_error));
    }
    if (metrics_.latencies().empty()) return;
    const v1::Latency& latency = metrics_.latencies(0);
    const int64_t needed = stats::NeededCount(99);
    if (latency.absent_reason().empty() && latency.count() < needed) {
      Warn(R::TOO_FEW_SAMPLES,
           absl::StrCat("p99 needs ", needed, " values, there are ", latency.count()));
    }
  }

 private:
  void Warn(R::Warning warning, std::string seen) {
    result_.add_warnings(warning);
    result_.add_warning_details(std::move(seen));
  }

  double Offered() const {
    const bool copies = measure_.pattern() == v1::Pattern::BROADCAST;
    const int lanes = copies ? measure_.receivers() : std::max(measure_.senders(), 1);
    return measure_.load().per_second() * lanes;
  }

  // The part of what is offered that must have been sent. How many messages come by chance varies
  // by the root of their number: three times that is no lateness.
  double InTime(double sent) const {
    constexpr double kInTime = 0.99;
    const bool by_chance = measure_.load().arrivals() == v1::Load::POISSON;
    return by_chance ? kInTime - 3 / std::sqrt(std::max(sent, 1.0)) : kInTime;
  }

  int CpuOf(int worker) const {
    return worker < experiment_.workers_size() ? experiment_.workers(worker).cpu() : -1;
  }

  std::string WhoSharesACpu() const {
    std::map<int, std::vector<int>> by_cpu;
    for (const v1::Worker& each : experiment_.workers()) by_cpu[each.cpu()].push_back(each.index());
    if (by_cpu.size() < 2) return "all workers were on one CPU";
    const auto crowded = std::max_element(
        by_cpu.begin(), by_cpu.end(),
        [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
    return absl::StrCat("workers ", absl::StrJoin(crowded->second, " and "), " shared CPU ",
                        crowded->first);
  }

  bool SharesCpu(int worker) const {
    return std::count_if(experiment_.workers().begin(), experiment_.workers().end(),
                         [&](const v1::Worker& each) { return each.cpu() == CpuOf(worker); }) > 1;
  }

  const v1::Experiment& experiment_;
  const v1::MeasureSpec& measure_;
  const Circumstances& circumstances_;
  const v1::Metrics& metrics_;
  const double seconds_;
  R& result_;
};

}  // namespace

void AddWarnings(const Circumstances& circumstances, v1::Result& result) {
  Judge judge(circumstances, result);
  judge.LookAtPlacement();
  judge.LookAtClock();
  judge.LookAtLoad();
  judge.LookAtPlatform();
  judge.LookAtNeighbours();
  judge.LookAtRun();
}

}  // namespace ipclab
