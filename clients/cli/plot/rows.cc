#include "clients/cli/plot/rows.h"

#include "clients/cli/plot/labels.h"
#include "clients/cli/plot/style.h"

namespace ipclab::plot {
namespace {

constexpr double kNameLine = 12;
constexpr size_t kMostNameLines = 3;  // fit into a row

// In one line or, smaller, in several: what is at its end may be what tells items apart.
void DrawName(Svg& svg, const std::string& name, double middle) {
  constexpr double kRoom = kNamesWidth - 8;
  const bool long_name = TextWidth(name, kLabelSize) > kRoom;
  const double size = long_name ? kSmallSize : kLabelSize;
  std::vector<std::string> lines = BreakText(name, size, kRoom);
  if (lines.size() > kMostNameLines) {
    lines.resize(kMostNameLines);
    lines.back() += " ...";
  }
  double down = middle + 4 - static_cast<double>(lines.size() - 1) * kNameLine / 2;
  for (const std::string& line : lines) {
    svg.Text({kMargin + kNamesWidth, down}, FitText(line, size, kRoom),
             {.style = long_name ? "small" : "label", .anchor = Anchor::kEnd});
    down += kNameLine;
  }
}

}  // namespace

void ItemRows::Draw(Svg& svg) const {
  for (size_t i = 0; i < items_.size(); ++i) {
    if (i % 2 == 0) {
      svg.Box({kMargin, Middle(i) - kItemRowHeight / 2, kPageWidth - 2 * kMargin, kItemRowHeight},
              "band");
    }
    DrawName(svg, items_[i]->label, Middle(i));
  }
}

}  // namespace ipclab::plot
