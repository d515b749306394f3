#include "clients/cli/plot/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "clients/cli/plot/line_path.h"

namespace ipclab::plot {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(CoordinateTest, HasTwoDecimalsAtMostAndNoneInVain) {
  EXPECT_EQ(Coordinate(12), "12");
  EXPECT_EQ(Coordinate(0.25), "0.25");
  EXPECT_EQ(Coordinate(1.0 / 3), "0.33");
  EXPECT_EQ(Coordinate(-7.5), "-7.5");
  EXPECT_EQ(Coordinate(100), "100");
}

TEST(CoordinateTest, ZeroHasNoSignAndWhatIsNoNumberIsZero) {
  EXPECT_EQ(Coordinate(-0.001), "0");
  EXPECT_EQ(Coordinate(std::numeric_limits<double>::quiet_NaN()), "0");
  EXPECT_EQ(Coordinate(std::numeric_limits<double>::infinity()), "0");
}

TEST(EscapeXmlTest, MarkupAndQuotesBecomeEntities) {
  EXPECT_EQ(EscapeXml("<a href=\"x\">&'</a>"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;");
}

TEST(EscapeXmlTest, LettersOfAnyScriptStayAsTheyAre) {
  EXPECT_EQ(EscapeXml("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80"),
            "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80");
}

TEST(EscapeXmlTest, WhatXmlForbidsIsReplaced) {
  EXPECT_EQ(EscapeXml(std::string("a\0b", 3)),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(EscapeXml("\x1b[31m"), "\xef\xbf\xbd[31m");
  EXPECT_EQ(EscapeXml("\x7f"), "\xef\xbf\xbd");
  EXPECT_EQ(EscapeXml("\xff"), "\xef\xbf\xbd");
  EXPECT_EQ(EscapeXml("\xc3"), "\xef\xbf\xbd");                                  // cut short
  EXPECT_EQ(EscapeXml("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");  // a surrogate
  EXPECT_EQ(EscapeXml("\xef\xbf\xbf"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");  // U+FFFF
}

TEST(SvgTest, TextsAndHintsAreEscaped) {
  Svg svg;
  svg.Text({1, 2}, "<b>", {});
  svg.Circle({3, 4}, 5, "dot", "a & b");
  Svg page;
  page.Group(10, svg, "\"name\"", "a < b");
  EXPECT_EQ(page.str(),
            "<g role=\"group\" aria-label=\"&quot;name&quot;\" transform=\"translate(0 10)\">\n"
            "<desc>a &lt; b</desc>\n"
            "<text x=\"1\" y=\"2\" class=\"label\">&lt;b&gt;</text>\n"
            "<circle cx=\"3\" cy=\"4\" r=\"5\" class=\"dot\"><title>a &amp; b</title></circle>\n"
            "</g>\n");
}

TEST(SvgTest, APathWithoutPointsIsNotThere) {
  Svg svg;
  svg.Path({}, "line");
  EXPECT_EQ(svg.str(), "");
}

TEST(LinePathTest, PointsThatCannotBeToldApartAreLeftOutButNotTheLast) {
  EXPECT_EQ(LinePath({{0, 0}, {0.1, 0.1}, {10, 0}, {10.1, 0}}).str(), "M0 0L10 0L10.1 0");
  EXPECT_TRUE(LinePath({}).empty());
}

TEST(LinePathTest, ASlowRiseIsNotLost) {
  std::vector<Point> points;
  for (int i = 0; i <= 1000; ++i) points.push_back({i / 100.0, i / 100.0});
  EXPECT_THAT(LinePath(points).str(), HasSubstr("L4.06 4.06"));
}

}  // namespace
}  // namespace ipclab::plot
