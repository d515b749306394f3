#include "clients/cli/watch_view.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/cli/event_text.h"
#include "clients/cli/experiment_name.h"
#include "clients/cli/experiment_text.h"
#include "clients/cli/figures_page.h"
#include "clients/cli/moment.h"
#include "clients/cli/parse.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

constexpr size_t kHappenings = 4;
constexpr size_t kRates = 240;  // more than any terminal shows
constexpr size_t kBar = 24;
constexpr size_t kLabel = 12;
constexpr size_t kRateColumns = 9;

std::string Labelled(const std::string& label, const std::string& text) {
  return absl::StrCat("  ", label, std::string(kLabel - ColumnsOf(label), ' '), text);
}

// The first columns of text, cut between characters.
std::string Cut(const std::string& text, size_t columns) {
  size_t end = 0;
  for (size_t taken = 0; end < text.size(); ++end) {
    const bool starts = (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
    if (starts && ++taken > columns) break;
  }
  return text.substr(0, end);
}

// What has been done of what was asked for, when that is known.
std::optional<double> ShareDone(const v1::Experiment& experiment,
                                const std::optional<v1::Metrics>& metrics) {
  const v1::MeasureSpec& spec = experiment.spec().measure();
  if (experiment.state() == v1::Experiment::SUCCEEDED) return 1;
  if (!metrics) return std::nullopt;
  if (spec.has_messages() && spec.messages() > 0) {
    const v1::Counters& total = metrics->total();
    return static_cast<double>(total.messages() + total.coalesced()) /
           static_cast<double>(AwaitedMessages(spec));
  }
  const absl::Duration wanted = DurationOf(spec.duration());
  if (wanted > absl::ZeroDuration()) {
    return absl::FDivDuration(DurationOf(metrics->elapsed()), wanted);
  }
  return std::nullopt;
}

}  // namespace

void WatchView::Take(const v1::ExperimentEvent& event) {
  lost_.clear();
  if (event.has_snapshot()) {
    experiment_ = event.snapshot();
    // At the end the figures are in the result, and their own stream may not have brought the last.
    const v1::Result& result = experiment_.result();
    if (result.has_metrics()) metrics_ = result.metrics();
    if (!result.has_metrics() && result.has_stepped_metrics()) metrics_ = result.stepped_metrics();
  } else if (event.has_state_change()) {
    experiment_.set_state(event.state_change().to());
  } else if (event.has_step_done()) {
    experiment_.set_step(event.step_done().step());
  } else if (event.has_control_change()) {
    *experiment_.mutable_control_lease() = event.control_change();
  }
  happened_.push_back(EventText(event));
  if (happened_.size() > kHappenings) happened_.pop_front();
}

void WatchView::Take(const v1::Metrics& metrics, absl::Time now) {
  // By this clock, not by the time that legs ran: while it is parked nothing flows.
  if (metrics_ && metrics_->stepped() == metrics.stepped() && now > metrics_time_) {
    const int64_t messages = metrics.total().messages() - metrics_->total().messages();
    rates_.push_back(static_cast<double>(std::max<int64_t>(0, messages)) /
                     absl::ToDoubleSeconds(now - metrics_time_));
    if (rates_.size() > kRates) rates_.erase(rates_.begin());
  }
  metrics_ = metrics;
  metrics_time_ = now;
}

std::vector<std::string> WatchView::Lines(const Terminal& terminal, absl::Time now) const {
  const size_t width = ProseWidth(terminal) - 1;  // a full last column would wrap some terminals
  std::vector<std::string> lines = {
      Title(terminal), Cut(absl::StrCat("  ", WorkText(experiment_.spec())), width),
      Cut(StepLine(), width), Cut(RateLine(width), width), Cut(LatencyLine(), width)};
  if (experiment_.has_create_time()) {
    const absl::Time end = experiment_.has_end_time() ? TimeOf(experiment_.end_time()) : now;
    lines.push_back(Labelled("lived", RoughText(end - TimeOf(experiment_.create_time()))));
  }
  for (const std::string& each : happened_) {
    lines.push_back(terminal.Paint(Tone::kFaint, Cut(absl::StrCat("  ", each), width)));
  }
  if (!lost_.empty()) {
    lines.push_back(terminal.Paint(Tone::kWarning, Cut(absl::StrCat("  ", lost_), width)));
  }
  return lines;
}

std::string WatchView::Title(const Terminal& terminal) const {
  return absl::StrCat(terminal.Paint(Tone::kStrong, ExperimentId(experiment_.name())), "  ",
                      terminal.Paint(ToneOf(experiment_.state()), StateText(experiment_.state())));
}

std::string WatchView::StepLine() const {
  // Between two events only the figures know how far a free run is.
  const int64_t counted = metrics_ && !metrics_->stepped() ? metrics_->total().messages() : 0;
  std::string text = absl::StrCat(std::max(experiment_.step(), counted));
  const v1::MeasureSpec& spec = experiment_.spec().measure();
  const absl::Duration elapsed = metrics_ ? DurationOf(metrics_->elapsed()) : absl::ZeroDuration();
  if (spec.has_duration()) absl::StrAppend(&text, " in ", RoughText(elapsed));
  if (const std::string amount = AmountText(spec); !amount.empty()) {
    absl::StrAppend(&text, " of ", amount);
  }
  if (const std::optional<double> done = ShareDone(experiment_, metrics_)) {
    const double share = std::clamp(*done, 0.0, 1.0);
    absl::StrAppend(&text, "  ", Bar(share, kBar, glyphs_), " ", static_cast<int>(share * 100),
                    "%");
  }
  return Labelled("step", text);
}

std::string WatchView::RateLine(size_t width) const {
  const std::string rate = rates_.empty() ? "-" : RateText(rates_.back());
  const std::string padded =
      absl::StrCat(rate, std::string(kRateColumns - std::min(kRateColumns, ColumnsOf(rate)), ' '));
  const size_t taken = 2 + kLabel + ColumnsOf(padded);
  return Labelled("messages/s",
                  padded + Sparkline(rates_, width > taken ? width - taken : 0, glyphs_));
}

std::string WatchView::LatencyLine() const {
  const v1::Latency* latency = metrics_ ? MainLatency(*metrics_) : nullptr;
  if (!latency) return Labelled("latency", "-");
  const std::string odds = OddsText(metrics_->total());
  return Labelled(
      "latency",
      absl::StrCat(LatencyText(*metrics_), ", max ", NanosText(latency->max_nanos()), " (",
                   LatencyKindText(latency->kind()), ")", odds.empty() ? "" : "; ", odds));
}

}  // namespace ipclab::cli
