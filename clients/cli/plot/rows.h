// Pictures with a row per item: names on the left, panels with one axis below them beside each
// other.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/plot/frame.h"
#include "clients/cli/plot/picture.h"

namespace ipclab::plot {

inline constexpr double kItemRowHeight = 36;
inline constexpr double kNamesWidth = 216;

// The rows of some items, from top on.
class ItemRows {
 public:
  ItemRows(const Drawable& items, double top) : items_(items), top_(top) {}

  double Middle(size_t row) const {
    return top_ + (static_cast<double>(row) + 0.5) * kItemRowHeight;
  }
  double bottom() const { return top_ + static_cast<double>(items_.size()) * kItemRowHeight; }

  // From left on, as high as all rows.
  Rect Panel(double left, double width) const { return {left, top_, width, bottom() - top_}; }

  // The names, and a band behind every other row.
  void Draw(Svg& svg) const;

 private:
  const Drawable& items_;
  double top_;
};

}  // namespace ipclab::plot
