// Writes SVG: elements as text, numbers in fixed precision, so that the same data makes the same
// bytes. Text that is given is escaped here and nowhere else.
//
//   Svg svg;
//   svg.Line({10, 20}, {30, 20}, "axis");
//   svg.Text({10, 40}, "p50 < 1 us", {.style = "label", .anchor = Anchor::kEnd});
//   svg.str();
//
// How an element looks is told by its style: names of classes in the style sheet, never text from
// a file. Not thread safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace ipclab::plot {

struct Point {
  double x = 0;
  double y = 0;

  bool operator==(const Point&) const = default;
};

struct Rect {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;

  double right() const { return left + width; }
  double bottom() const { return top + height; }
};

enum class Anchor { kStart, kMiddle, kEnd };

struct TextLook {
  absl::string_view style = "label";
  Anchor anchor = Anchor::kStart;
  bool upwards = false;  // turned by a quarter to the left
};

// At most two decimals, none that say nothing: "12", "0.25". What is no number is 0.
std::string Coordinate(double value);

// Text for an element or an attribute: markup and quotes become entities, what XML forbids (control
// characters, bytes that are not UTF-8) becomes U+FFFD.
std::string EscapeXml(absl::string_view text);

// The d of a path.
class PathData {
 public:
  PathData& MoveTo(Point to);
  PathData& LineTo(Point to);
  PathData& Box(const Rect& box);

  bool empty() const { return data_.empty(); }
  const std::string& str() const { return data_; }

 private:
  std::string data_;
};

class Svg {
 public:
  void Line(Point from, Point to, absl::string_view style);

  // Where there is a hint, a viewer shows it under the pointer.
  void Box(const Rect& box, absl::string_view style, absl::string_view hint = {});
  void Circle(Point centre, double radius, absl::string_view style, absl::string_view hint = {});

  void Path(const PathData& path, absl::string_view style, absl::string_view hint = {});
  void Text(Point at, absl::string_view text, const TextLook& look);

  // What another Svg holds, moved down, as one group with a name and a description for those who
  // cannot see it.
  void Group(double down, const Svg& content, absl::string_view name,
             absl::string_view description);

  const std::string& str() const { return body_; }

 private:
  void Add(const std::string& tag, const std::string& attributes, absl::string_view hint);

  std::string body_;
};

}  // namespace ipclab::plot
