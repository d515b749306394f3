#include "clients/cli/units.h"

#include <cmath>
#include <span>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"

namespace ipclab::cli {
namespace {

struct UnitStep {
  double size;
  const char* name;
};

constexpr UnitStep kTime[] = {{1, " ns"}, {1e3, " us"}, {1e6, " ms"}, {1e9, " s"}};
constexpr UnitStep kCount[] = {{1, ""}, {1e3, " k"}, {1e6, " M"}, {1e9, " G"}};
constexpr UnitStep kBytes[] = {{1, " B"}, {1e3, " kB"}, {1e6, " MB"}, {1e9, " GB"}, {1e12, " TB"}};

// Rounds before the unit is chosen, so that 999.9 us becomes 1.00 ms and not 1000 us.
double ThreeDigits(double value) {
  if (value < 1e-2) return 0;
  const double step = std::pow(10, std::floor(std::log10(value)) - 2);
  return std::round(value / step) * step;
}

std::string InUnits(double value, std::span<const UnitStep> units) {
  if (!std::isfinite(value)) return "-";
  if (value < 0) return absl::StrCat("-", InUnits(-value, units));
  const double rounded = ThreeDigits(value);
  // What is just below a unit for want of binary digits belongs to it.
  const double up = rounded * (1 + 1e-9);
  const UnitStep* unit = &units.front();
  for (const UnitStep& next : units) {
    if (up >= next.size) unit = &next;
  }
  const double scaled = up / unit->size;
  const int decimals = scaled == 0 || scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2;
  return absl::StrFormat("%.*f%s", decimals, scaled, unit->name);
}

}  // namespace

std::string NanosText(int64_t nanos) {
  if (nanos > -1000 && nanos < 1000) return absl::StrCat(nanos, " ns");
  return InUnits(static_cast<double>(nanos), kTime);
}

std::string NanosText(double nanos) { return InUnits(nanos, kTime); }

std::string RateText(double per_second) { return InUnits(per_second, kCount); }

std::string ByteRateText(double bytes_per_second) { return InUnits(bytes_per_second, kBytes); }

std::string SizeText(int64_t bytes) {
  constexpr int64_t kKibi = 1024;
  constexpr int64_t kMebi = kKibi * 1024;
  constexpr int64_t kGibi = kMebi * 1024;
  if (bytes >= kGibi && bytes % kGibi == 0) return absl::StrCat(bytes / kGibi, " GiB");
  if (bytes >= kMebi && bytes % kMebi == 0) return absl::StrCat(bytes / kMebi, " MiB");
  if (bytes >= kKibi && bytes % kKibi == 0) return absl::StrCat(bytes / kKibi, " KiB");
  return absl::StrCat(bytes, " B");
}

std::string DurationText(int64_t nanos) { return absl::FormatDuration(absl::Nanoseconds(nanos)); }

}  // namespace ipclab::cli
