#include "common/stats/order_statistics.h"

#include <algorithm>

namespace ipclab::stats {
namespace {

// What may lie beyond either end.
constexpr double kBeyond = 0.025;

// Terms smaller than this part of the greatest one do not change a sum.
constexpr double kNothing = 1e-18;

// How many of the values lie below the percentile is distributed binomially.
class Binomial {
 public:
  Binomial(int64_t count, double part) : count_(count), odds_(part / (1 - part)) {}

  // The probability of one more than number over that of number, and of one fewer.
  double StepUp(int64_t number) const {
    return odds_ * static_cast<double>(count_ - number) / static_cast<double>(number + 1);
  }
  double StepDown(int64_t number) const { return 1 / StepUp(number - 1); }

 private:
  int64_t count_;
  double odds_;
};

}  // namespace

RankInterval RanksAround(int64_t count, double part) {
  const Binomial binomial(count, part);
  const auto mode = static_cast<int64_t>(static_cast<double>(count) * part);
  // From the middle outwards, where the greatest probability counts as 1: so nothing overflows or
  // vanishes, and some twenty standard deviations are walked for any count.
  double sum = 1;
  int64_t least = mode;
  double at_least = 1;
  while (least > 0 && at_least > kNothing) sum += at_least *= binomial.StepDown(least--);
  int64_t most = mode;
  double at_most = 1;
  while (most < count && at_most > kNothing) sum += at_most *= binomial.StepUp(most++);

  // And back, until fewer than least, and more than most, lie below with so small a probability.
  const double tail = kBeyond * sum;
  for (double beyond = at_least; beyond <= tail; beyond += at_least) {
    at_least *= binomial.StepUp(least++);
  }
  for (double beyond = at_most; beyond <= tail; beyond += at_most) {
    at_most *= binomial.StepDown(most--);
  }
  return {least, most + 1};
}

}  // namespace ipclab::stats
