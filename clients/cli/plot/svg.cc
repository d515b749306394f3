#include "clients/cli/plot/svg.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace ipclab::plot {
namespace {

constexpr absl::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

unsigned ByteAt(absl::string_view text, size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

bool Continues(absl::string_view text, size_t at) { return (ByteAt(text, at) & 0xc0) == 0x80; }

// The length of the character at that place, 0 where XML allows none that begins so.
size_t CharacterLength(absl::string_view text, size_t at) {
  const unsigned first = ByteAt(text, at);
  const unsigned second = ByteAt(text, at + 1);
  if (first < 0x20) return first == '\t' || first == '\n' || first == '\r' ? 1 : 0;
  if (first < 0x7f) return 1;
  if (first < 0xc2 || !Continues(text, at + 1)) return 0;
  if (first < 0xe0) return first == 0xc2 && second < 0xa0 ? 0 : 2;  // C1 controls
  if (!Continues(text, at + 2)) return 0;
  if (first < 0xf0) {
    const bool overlong = first == 0xe0 && second < 0xa0;
    const bool surrogate = first == 0xed && second >= 0xa0;
    const bool no_character = first == 0xef && second == 0xbf && ByteAt(text, at + 2) >= 0xbe;
    return overlong || surrogate || no_character ? 0 : 3;
  }
  if (first > 0xf4 || !Continues(text, at + 3)) return 0;
  const bool outside = (first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90);
  return outside ? 0 : 4;
}

absl::string_view AnchorName(Anchor anchor) {
  switch (anchor) {
    case Anchor::kStart:
      return "start";
    case Anchor::kMiddle:
      return "middle";
    case Anchor::kEnd:
      return "end";
  }
  return "start";
}

std::string Pair(Point point) {
  return absl::StrCat(Coordinate(point.x), " ", Coordinate(point.y));
}

std::string Attribute(absl::string_view name, absl::string_view value) {
  return value.empty() ? "" : absl::StrCat(" ", name, "=\"", value, "\"");
}

std::string BoxAttributes(const Rect& box) {
  return absl::StrCat(Attribute("x", Coordinate(box.left)), Attribute("y", Coordinate(box.top)),
                      Attribute("width", Coordinate(box.width)),
                      Attribute("height", Coordinate(box.height)));
}

}  // namespace

std::string Coordinate(double value) {
  if (!std::isfinite(value)) return "0";
  std::string text = absl::StrFormat("%.2f", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string EscapeXml(absl::string_view text) {
  std::string escaped;
  for (size_t i = 0; i < text.size();) {
    const size_t length = CharacterLength(text, i);
    if (length == 0) {
      absl::StrAppend(&escaped, kReplacement);
    } else if (text[i] == '&') {
      escaped += "&amp;";
    } else if (text[i] == '<') {
      escaped += "&lt;";
    } else if (text[i] == '>') {
      escaped += "&gt;";
    } else if (text[i] == '"') {
      escaped += "&quot;";
    } else if (text[i] == '\'') {
      escaped += "&#39;";
    } else {
      escaped.append(text.data() + i, length);
    }
    i += length == 0 ? 1 : length;
  }
  return escaped;
}

PathData& PathData::MoveTo(Point to) {
  absl::StrAppend(&data_, "M", Pair(to));
  return *this;
}

PathData& PathData::LineTo(Point to) {
  absl::StrAppend(&data_, "L", Pair(to));
  return *this;
}

PathData& PathData::Box(const Rect& box) {
  absl::StrAppend(&data_, "M", Pair({box.left, box.top}), "h", Coordinate(box.width), "v",
                  Coordinate(box.height), "h", Coordinate(-box.width), "z");
  return *this;
}

void Svg::Line(Point from, Point to, absl::string_view style) {
  Add("line",
      absl::StrCat(Attribute("x1", Coordinate(from.x)), Attribute("y1", Coordinate(from.y)),
                   Attribute("x2", Coordinate(to.x)), Attribute("y2", Coordinate(to.y)),
                   Attribute("class", style)),
      {});
}

void Svg::Box(const Rect& box, absl::string_view style, absl::string_view hint) {
  Add("rect", absl::StrCat(BoxAttributes(box), Attribute("class", style)), hint);
}

void Svg::Circle(Point centre, double radius, absl::string_view style, absl::string_view hint) {
  Add("circle",
      absl::StrCat(Attribute("cx", Coordinate(centre.x)), Attribute("cy", Coordinate(centre.y)),
                   Attribute("r", Coordinate(radius)), Attribute("class", style)),
      hint);
}

void Svg::Path(const PathData& path, absl::string_view style, absl::string_view hint) {
  if (path.empty()) return;
  Add("path", absl::StrCat(Attribute("d", path.str()), Attribute("class", style)), hint);
}

void Svg::Text(Point at, absl::string_view text, const TextLook& look) {
  const std::string turned =
      look.upwards ? absl::StrCat(" transform=\"rotate(-90 ", Pair(at), ")\"") : "";
  absl::StrAppend(&body_, "<text", Attribute("x", Coordinate(at.x)),
                  Attribute("y", Coordinate(at.y)), Attribute("class", look.style));
  if (look.anchor != Anchor::kStart) {
    absl::StrAppend(&body_, Attribute("text-anchor", AnchorName(look.anchor)));
  }
  absl::StrAppend(&body_, turned, ">", EscapeXml(text), "</text>\n");
}

void Svg::Group(double down, const Svg& content, absl::string_view name,
                absl::string_view description) {
  absl::StrAppend(&body_, "<g role=\"group\"", Attribute("aria-label", EscapeXml(name)),
                  Attribute("transform", absl::StrCat("translate(0 ", Coordinate(down), ")")),
                  ">\n<desc>", EscapeXml(description), "</desc>\n", content.str(), "</g>\n");
}

void Svg::Add(const std::string& tag, const std::string& attributes, absl::string_view hint) {
  if (hint.empty()) {
    absl::StrAppend(&body_, "<", tag, attributes, "/>\n");
  } else {
    absl::StrAppend(&body_, "<", tag, attributes, "><title>", EscapeXml(hint), "</title></", tag,
                    ">\n");
  }
}

}  // namespace ipclab::plot
