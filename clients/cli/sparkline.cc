#include "clients/cli/sparkline.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <span>

#include "absl/strings/ascii.h"

namespace ipclab::cli {
namespace {

constexpr const char* kBlocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr const char* kAscii[] = {"_", ".", ":", "-", "=", "+", "*", "#"};
constexpr size_t kLevels = std::size(kBlocks);

std::string Repeated(const std::string& mark, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += mark;
  return text;
}

}  // namespace

Glyphs GlyphsOfLocale() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(variable);
    if (!value || !*value) continue;  // the first that is set decides
    const std::string locale = absl::AsciiStrToUpper(value);
    const bool utf8 =
        locale.find("UTF-8") != std::string::npos || locale.find("UTF8") != std::string::npos;
    return utf8 ? Glyphs::kBlocks : Glyphs::kAscii;
  }
  return Glyphs::kAscii;
}

std::string Sparkline(const std::vector<double>& values, size_t width, Glyphs glyphs) {
  const auto& marks = glyphs == Glyphs::kBlocks ? kBlocks : kAscii;
  const size_t count = std::min(width, values.size());
  const std::span<const double> shown(values.end() - static_cast<ptrdiff_t>(count), count);
  double greatest = 0;
  for (const double value : shown) {
    if (std::isfinite(value)) greatest = std::max(greatest, value);
  }
  std::string line;
  for (const double value : shown) {
    const double share =
        greatest > 0 && std::isfinite(value) ? std::clamp(value / greatest, 0.0, 1.0) : 0;
    line += marks[static_cast<size_t>(std::lround(share * (kLevels - 1)))];
  }
  return line;
}

std::string Bar(double done, size_t width, Glyphs glyphs) {
  const auto filled =
      static_cast<size_t>(std::lround(std::clamp(done, 0.0, 1.0) * static_cast<double>(width)));
  const bool blocks = glyphs == Glyphs::kBlocks;
  return Repeated(blocks ? "█" : "#", filled) + Repeated(blocks ? "░" : ".", width - filled);
}

}  // namespace ipclab::cli
