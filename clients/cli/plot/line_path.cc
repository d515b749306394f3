#include "clients/cli/plot/line_path.h"

#include <cmath>

namespace ipclab::plot {
namespace {

constexpr double kSeen = 0.4;

}  // namespace

PathData LinePath(const std::vector<Point>& points) {
  PathData path;
  Point last;
  for (size_t i = 0; i < points.size(); ++i) {
    const Point& point = points[i];
    if (i == 0) {
      path.MoveTo(point);
    } else if (i + 1 < points.size() && std::abs(point.x - last.x) < kSeen &&
               std::abs(point.y - last.y) < kSeen) {
      continue;
    } else {
      path.LineTo(point);
    }
    last = point;
  }
  return path;
}

}  // namespace ipclab::plot
