#include "server/recommend/figure_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace ipclab {
namespace {

struct Step {
  double size;
  const char* name;
};

// Units ascend. Rounding may reach the next one: 999.6 ns is 1 us.
template <size_t size>
std::string InSteps(double value, const Step (&steps)[size]) {
  const Step* step = &steps[0];
  for (const Step& next : steps) {
    if (value >= next.size * 0.9995) step = &next;
  }
  const double scaled = value / step->size;
  const int decimals = scaled >= 99.95 || step == &steps[0] ? 0 : scaled >= 9.995 ? 1 : 2;
  return absl::StrFormat("%.*f%s", decimals, scaled, step->name);
}

std::string NanosWord(int64_t nanos) {
  constexpr Step kSteps[] = {{1, " ns"}, {1e3, " us"}, {1e6, " ms"}, {1e9, " s"}};
  return InSteps(static_cast<double>(nanos), kSteps);
}

std::string RateWord(double per_second) {
  constexpr Step kSteps[] = {{1, ""}, {1e3, " k"}, {1e6, " M"}};
  return InSteps(per_second, kSteps);
}

}  // namespace

double CostOf(const v1::MeasuredFigures& figures, Wanted::Priority priority) {
  switch (priority) {
    case Wanted::THROUGHPUT:
      return figures.messages_per_second() > 0 ? 1e9 / figures.messages_per_second() : 0;
    case Wanted::CPU:
      return static_cast<double>(figures.cpu_nanos_per_message());
    default:
      return static_cast<double>(figures.p50_nanos());
  }
}

std::string CostText(const v1::MeasuredFigures& figures, Wanted::Priority priority) {
  switch (priority) {
    case Wanted::THROUGHPUT:
      return absl::StrCat(RateWord(figures.messages_per_second()), " messages a second");
    case Wanted::CPU:
      return absl::StrCat(NanosWord(figures.cpu_nanos_per_message()),
                          " of processor time a message");
    default:
      return absl::StrCat("a p50 of ", NanosWord(figures.p50_nanos()));
  }
}

std::string BetterText(double times) {
  if (times < 2) return absl::StrFormat("%.0f%% better", (times - 1) * 100);
  return absl::StrFormat("%.*f times better", times < 10 ? 1 : 0, times);
}

}  // namespace ipclab
