#include "tests/bench/peers/own_figure.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tests/bench/peers/mean.h"

namespace ipclab::bench {
namespace {

constexpr int64_t kNanos = 300'000'000;
constexpr int64_t kWarmUpMessages = 2000;

v1::ExperimentSpec SpecOf(const OwnFigure& figure, v1::Placement::Policy placement) {
  v1::ExperimentSpec spec;
  spec.mutable_placement()->set_policy(placement);
  v1::MeasureSpec& measure = *spec.mutable_measure();
  measure.set_mechanism(figure.mechanism);
  measure.set_pattern(figure.pattern);
  measure.set_message_bytes(figure.bytes);
  measure.mutable_duration()->set_nanos(kNanos);
  measure.set_warm_up_messages(kWarmUpMessages);
  measure.set_wait(v1::MeasureSpec::BLOCK);  // as all of the peers do
  return spec;
}

absl::StatusOr<double> NanosOf(const v1::Metrics& metrics, OwnFigure::Statistic statistic) {
  if (statistic == OwnFigure::kPerMessage) {
    if (metrics.messages_per_second() > 0) return 1e9 / metrics.messages_per_second();
  } else if (metrics.latencies_size() == 1 && metrics.latencies(0).count() > 0) {
    const v1::Latency& latency = metrics.latencies(0);
    return statistic == OwnFigure::kMean ? MeanNanos(latency.histogram())
                                         : static_cast<double>(latency.percentiles(0).nanos());
  }
  return absl::InternalError("the lab's result has no figures");
}

}  // namespace

absl::StatusOr<OwnRun> MeasureOwn(Lab& lab, const OwnFigure& figure,
                                  v1::Placement::Policy placement) {
  const auto experiment = lab.Measure(SpecOf(figure, placement));
  if (!experiment.ok()) return experiment.status();
  const auto nanos = NanosOf(experiment->result().metrics(), figure.statistic);
  if (!nanos.ok()) return nanos.status();
  if (absl::Status status = lab.Remove(experiment->name()); !status.ok()) return status;
  return OwnRun{*nanos * figure.part, {experiment->workers(0).cpu(), experiment->workers(1).cpu()}};
}

std::string TextOf(const OwnFigure& figure) {
  const char* const statistic = figure.statistic == OwnFigure::kMean     ? ", mean"
                                : figure.statistic == OwnFigure::kMedian ? ", p50"
                                                                         : ", per message";
  return absl::StrCat(figure.part == 0.5 ? "half of " : "", figure.mechanism, " ",
                      absl::AsciiStrToLower(v1::Pattern::Kind_Name(figure.pattern)),
                      figure.bytes > 0 ? absl::StrCat(" ", figure.bytes, " B") : "", statistic);
}

}  // namespace ipclab::bench
