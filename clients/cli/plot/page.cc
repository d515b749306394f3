#include "clients/cli/plot/page.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/plot/circumstances.h"
#include "clients/cli/plot/frame.h"
#include "clients/cli/plot/labels.h"
#include "clients/cli/plot/pictures.h"
#include "clients/cli/plot/style.h"

namespace ipclab::plot {
namespace {

constexpr double kBetweenPictures = 26;
constexpr double kNamesOfCircumstances = 140;
constexpr double kCircumstanceLine = 16;
constexpr size_t kMostInTitle = 4;

// Items of which this picture could not be drawn, so that nobody takes them for forgotten.
std::string MissingNote(const Picture& picture, const std::vector<Item>& items) {
  std::vector<std::string> missing;
  for (const Item& item : items) {
    if (Measured(item) && !picture.can_draw(item)) missing.push_back(item.label);
  }
  if (missing.empty()) return "";
  return absl::StrCat("Not here: ", absl::StrJoin(missing, ", "), ", without ", picture.needs, ".");
}

double DrawCircumstances(Svg& svg, const std::vector<Circumstance>& all) {
  double bottom = 0;
  svg.Line({kMargin, 0}, {kPageWidth - kMargin, 0}, "axis");
  bottom += 8;
  const double left = kMargin + kNamesOfCircumstances;
  for (const Circumstance& each : all) {
    const absl::string_view style = each.warns ? "small warning" : "small strong";
    svg.Text({kMargin, bottom + kCircumstanceLine},
             FitText(each.name, kSmallSize, kNamesOfCircumstances - 8), {.style = style});
    for (const std::string& line : BreakText(each.text, kSmallSize, kPageWidth - kMargin - left)) {
      bottom += kCircumstanceLine;
      svg.Text({left, bottom}, line, {.style = "small"});
    }
  }
  return bottom;
}

std::string TitleOf(const std::vector<Item>& items) {
  std::vector<std::string> labels;
  for (size_t i = 0; i < std::min(items.size(), kMostInTitle); ++i) {
    labels.push_back(items[i].label);
  }
  const std::string more = items.size() > kMostInTitle
                               ? absl::StrCat(" and ", items.size() - kMostInTitle, " more")
                               : "";
  return absl::StrCat("ipclab: ", absl::StrJoin(labels, ", "), more);
}

std::string Document(double height, const std::string& title, const std::string& description,
                     const Svg& content) {
  const std::string size = absl::StrCat(Coordinate(kPageWidth), "\" height=\"", Coordinate(height));
  return absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"",
      size, "\" viewBox=\"0 0 ", Coordinate(kPageWidth), " ", Coordinate(height),
      "\" role=\"graphics-document\" aria-labelledby=\"title desc\">\n<title id=\"title\">",
      EscapeXml(title), "</title>\n<desc id=\"desc\">", EscapeXml(description),
      "</desc>\n<style>\n", StyleSheet(), "</style>\n<rect class=\"page\" width=\"", size, "\"/>\n",
      content.str(), "</svg>\n");
}

}  // namespace

std::string Page(const Results& results, const std::vector<const Picture*>& pictures) {
  Svg content;
  std::vector<std::string> names;
  double down = kMargin;
  for (const Picture* picture : pictures) {
    Drawing drawing = picture->draw(ItemsFor(*picture, results.items));
    const std::string missing = MissingNote(*picture, results.items);
    if (!missing.empty()) {
      drawing.height += DrawNotes(drawing.content, kMargin, drawing.height, {missing});
    }
    content.Group(down, drawing.content, drawing.name, drawing.description);
    down += drawing.height + kBetweenPictures;
    names.push_back(drawing.name);
  }
  Svg footer;
  const std::vector<Circumstance> circumstances = CircumstancesOf(results);
  const double height = DrawCircumstances(footer, circumstances);
  std::string said;
  for (const Circumstance& each : circumstances) {
    absl::StrAppend(&said, each.name, ": ", each.text, ". ");
  }
  content.Group(down, footer, "Circumstances", said);
  return Document(down + height + kMargin, TitleOf(results.items),
                  absl::StrCat(absl::StrJoin(names, ", "), ". ", said), content);
}

}  // namespace ipclab::plot
