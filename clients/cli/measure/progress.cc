#include "clients/cli/measure/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "clients/cli/experiment_text.h"
#include "clients/cli/units.h"
#include "google/protobuf/util/time_util.h"

namespace ipclab::cli {
namespace {

constexpr size_t kProgressBar = 20;
constexpr double kEnoughToForetell = 0.02;
constexpr absl::Duration kAround = absl::Milliseconds(200);  // start, warm-up, controls, end

std::string Bar(double done) {
  const auto filled = static_cast<size_t>(std::lround(std::clamp(done, 0.0, 1.0) * kProgressBar));
  return absl::StrCat("[", std::string(filled, '#'), std::string(kProgressBar - filled, '.'), "]");
}

std::string StateWord(v1::Experiment::State state) {
  switch (state) {
    case v1::Experiment::PENDING:
      return "waits for its CPUs";
    case v1::Experiment::STARTING:
    case v1::Experiment::READY:
      return "starts";
    default:
      return "";
  }
}

double DoneOf(const v1::MeasureSpec& spec, const v1::Metrics& metrics) {
  using google::protobuf::util::TimeUtil;
  double done = 0;
  if (spec.has_messages() && spec.messages() > 0) {
    const v1::Counters& total = metrics.total();
    done = static_cast<double>(total.messages() + total.coalesced()) /
           static_cast<double>(AwaitedMessages(spec));
  } else if (const int64_t nanos = TimeUtil::DurationToNanoseconds(spec.duration()); nanos > 0) {
    done = static_cast<double>(TimeUtil::DurationToNanoseconds(metrics.elapsed())) /
           static_cast<double>(nanos);
  }
  return std::clamp(done, 0.0, 1.0);
}

}  // namespace

std::string ProgressLine(const ProgressView& view, size_t width) {
  std::string speed = view.state;
  if (speed.empty() && view.messages_per_second > 0) {
    speed = absl::StrCat(RateText(view.messages_per_second), " messages/s");
  }
  std::string left;
  if (view.left) {
    const int64_t seconds = absl::ToInt64Seconds(absl::Ceil(*view.left, absl::Seconds(1)));
    left =
        absl::StrCat(seconds == 0 ? "0s" : absl::FormatDuration(absl::Seconds(seconds)), " left");
  }
  const auto join = [](std::initializer_list<std::string> parts) {
    std::string line;
    for (const std::string& part : parts) {
      if (!part.empty()) absl::StrAppend(&line, line.empty() ? "" : "  ", part);
    }
    return line;
  };
  const std::string bar = Bar(view.done);
  // The first that fits; how long it takes is wanted more than how fast it goes.
  for (const std::string& line : {join({bar, view.what, speed, left}), join({bar, view.what, left}),
                                  join({bar, view.what}), join({bar, left}), bar}) {
    if (ColumnsOf(line) <= width) return line;
  }
  return "";
}

absl::Duration ExpectedTime(const v1::MeasureSpec& spec) {
  using google::protobuf::util::TimeUtil;
  if (!spec.has_duration()) return absl::Seconds(1);
  return absl::Nanoseconds(TimeUtil::DurationToNanoseconds(spec.duration())) + kAround;
}

void Progress::BeginTrial(const std::string& what, const v1::MeasureSpec& spec) {
  what_ = what;
  spec_ = spec;
  state_.store(v1::Experiment::STARTING);
}

void Progress::Draw(const v1::Metrics& metrics) {
  if (!shown()) return;
  const absl::Duration work = done_ + ExpectedTime(spec_) * DoneOf(spec_, metrics);
  const double done =
      expected_ > absl::ZeroDuration() ? std::min(1.0, absl::FDivDuration(work, expected_)) : 0;
  ProgressView view = {.done = done,
                       .what = what_,
                       .state = StateWord(state_.load()),
                       .messages_per_second = metrics.messages_per_second(),
                       .left = std::nullopt};
  if (done > kEnoughToForetell) view.left = (absl::Now() - start_) * ((1 - done) / done);
  // One column stays free: a full last line would scroll some terminals.
  const size_t width = terminal_.width > 1 ? terminal_.width - 1 : 0;
  Write(absl::StrCat("\r", ProgressLine(view, width), "\033[K"));
  drawn_ = true;
}

void Progress::Erase() {
  if (drawn_) Write("\r\033[K");
  drawn_ = false;
}

// In one call, so that lines of other programs cannot come in between; what a terminal does not
// take is not worth a failure.
void Progress::Write(const std::string& text) {
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace ipclab::cli
