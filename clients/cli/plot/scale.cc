#include "clients/cli/plot/scale.h"

#include <algorithm>
#include <cmath>

#include "clients/cli/plot/ticks.h"

namespace ipclab::plot {
namespace {

constexpr double kDecade = 10;

// A share of a step: what is off by less than rounding stays where it is.
constexpr double kSlack = 1e-9;

// The greatest of 1, 2 and 5 times a power of ten that is not above value.
double RoundBelow(double value) {
  const double power = std::pow(10, std::floor(std::log10(value) + kSlack));
  for (const double digit : {5.0, 2.0}) {
    if (digit * power <= value * (1 + kSlack)) return digit * power;
  }
  return power;
}

double RoundAbove(double value) {
  const double below = RoundBelow(value);
  if (below >= value * (1 - kSlack)) return below;
  const double power = std::pow(10, std::floor(std::log10(below) + kSlack));
  const double digit = below / power;
  return digit > 4 ? 10 * power : digit > 1.5 ? 5 * power : 2 * power;
}

}  // namespace

void Range::Add(double value) {
  if (!std::isfinite(value)) return;
  low = empty ? value : std::min(low, value);
  high = empty ? value : std::max(high, value);
  empty = false;
}

void Range::Add(std::optional<double> value) {
  if (value) Add(*value);
}

double Scale::Fraction(double value) const {
  if (!std::isfinite(value) || !(high > low)) return 0;
  const double fraction = logarithmic ? std::log(std::max(value, low) / low) / std::log(high / low)
                                      : (value - low) / (high - low);
  return std::clamp(fraction, 0.0, 1.0);
}

Scale LinearScale(const Range& range, bool from_zero) {
  double low = from_zero ? std::min(0.0, range.low) : range.low;
  double high = from_zero ? std::max(0.0, range.high) : range.high;
  if (!(high > low)) {
    // One value only: as much room as it is great, or any.
    const double room = low == 0 ? 1 : std::abs(low) / 2;
    if (!from_zero) low -= room;
    high += room;
  }
  const double step = RoundStep(high - low, kGridLines);
  return {.low = std::floor(low / step + kSlack) * step,
          .high = std::ceil(high / step - kSlack) * step};
}

Scale LogScale(const Range& range, double least) {
  const double low = RoundBelow(std::max(range.low, least));
  const double high = RoundAbove(std::max(range.high, least));
  return {.logarithmic = true, .low = low, .high = high > low ? high : low * kDecade};
}

Scale RoundScale(const Range& range, bool from_zero, double least_log) {
  const bool wide = !range.empty && range.high > kDecade * std::max(range.low, least_log);
  return wide ? LogScale(range, least_log) : LinearScale(range, from_zero);
}

}  // namespace ipclab::plot
