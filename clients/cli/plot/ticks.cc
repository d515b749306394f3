#include "clients/cli/plot/ticks.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace ipclab::plot {
namespace {

struct Step {
  double size;
  const char* name;
};

constexpr Step kNanoSteps[] = {{1, " ns"}, {1e3, " us"}, {1e6, " ms"}, {1e9, " s"}};
constexpr Step kCountSteps[] = {{1, ""}, {1e3, " k"}, {1e6, " M"}, {1e9, " G"}};

// Decades in which 2 and 5 have numbers too, and up to which every decade has one.
constexpr double kFewDecades = 2.5;
constexpr double kManyDecades = 9;

constexpr double kRoundingSlack = 1e-9;

std::string Scaled(double value, std::span<const Step> steps) {
  if (value == 0) return "0";
  const Step* fits = &steps.front();
  for (const Step& step : steps) {
    if (std::abs(value) >= step.size * (1 - kRoundingSlack)) fits = &step;
  }
  return absl::StrFormat("%.6g%s", value / fits->size, fits->name);
}

std::vector<Tick> LinearTicks(const Scale& scale, Unit unit) {
  const double step = RoundStep(scale.high - scale.low, kGridLines);
  const double first = std::ceil(scale.low / step - kRoundingSlack);
  const double last = std::floor(scale.high / step + kRoundingSlack);
  std::vector<Tick> ticks;
  for (double i = first; i <= last; ++i) ticks.push_back({i * step, TickText(i * step, unit)});
  return ticks;
}

std::vector<Tick> LogTicks(const Scale& scale, Unit unit) {
  const double decades = std::log10(scale.high / scale.low);
  const int first = static_cast<int>(std::floor(std::log10(scale.low) + kRoundingSlack));
  const int last = static_cast<int>(std::floor(std::log10(scale.high) + kRoundingSlack));
  const int every = decades > kManyDecades ? 2 : 1;
  std::vector<Tick> ticks;
  for (int power = first; power <= last; ++power) {
    for (int digit = 1; digit <= 9; ++digit) {
      const double at = digit * std::pow(10, power);
      if (at < scale.low * (1 - kRoundingSlack) || at > scale.high * (1 + kRoundingSlack)) continue;
      const bool decade = digit == 1 && (power - first) % every == 0;
      const bool between = decades <= kFewDecades && (digit == 2 || digit == 5);
      if (decades > kManyDecades && digit != 1) continue;
      ticks.push_back({at, decade || between ? TickText(at, unit) : ""});
    }
  }
  return ticks;
}

}  // namespace

std::string TickText(double value, Unit unit) {
  if (value == 0) value = 0;  // and not -0, which is printed as such
  switch (unit) {
    case Unit::kNanos:
      return Scaled(value, kNanoSteps);
    case Unit::kSeconds:
      return Scaled(value * 1e9, kNanoSteps);
    case Unit::kCount:
      return Scaled(value, kCountSteps);
    case Unit::kPercent:
      return absl::StrFormat("%.10g%%", value);
    case Unit::kTimes:
      return absl::StrFormat("%.6g x", value);
  }
  return "";
}

double RoundStep(double span, int most) {
  if (!(span > 0)) return 1;
  const double least = span / most;
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double digit : {1.0, 2.0, 5.0}) {
    if (digit * power >= least * (1 - kRoundingSlack)) return digit * power;
  }
  return 10 * power;
}

std::vector<Tick> TicksOf(const Scale& scale, Unit unit) {
  return scale.logarithmic ? LogTicks(scale, unit) : LinearTicks(scale, unit);
}

double PercentilePlace(double share) { return -std::log10(std::max(1 - share, 1e-18)); }

std::vector<Tick> PercentileTicks(double last) {
  std::vector<Tick> ticks = {{0, "0%"}, {PercentilePlace(0.5), "50%"}};
  std::string nines;
  for (int power = 1; power <= last + kRoundingSlack; ++power) {
    nines += '9';
    const std::string text = power == 1   ? "90"
                             : power == 2 ? nines
                                          : absl::StrCat("99.", nines.substr(2));
    ticks.push_back({static_cast<double>(power), absl::StrCat(text, "%")});
  }
  return ticks;
}

}  // namespace ipclab::plot
