#include "clients/cli/sparkline.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/scoped_variable.h"

namespace ipclab::cli {
namespace {

TEST(Sparkline, RisesFromNothingToItsGreatest) {
  EXPECT_EQ(Sparkline({0, 1, 2, 3, 4, 5, 6, 7}, 80, Glyphs::kBlocks), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(Sparkline({0, 7}, 80, Glyphs::kAscii), "_#");
}

TEST(Sparkline, ShowsTheLastValuesThatFit) {
  EXPECT_EQ(Sparkline({9, 9, 1, 2}, 2, Glyphs::kAscii), "=#");
  EXPECT_EQ(Sparkline({1, 2}, 0, Glyphs::kAscii), "");
  EXPECT_EQ(Sparkline({}, 10, Glyphs::kAscii), "");
}

TEST(Sparkline, WhatIsNoFigureIsNothing) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(Sparkline({nan, -3, 4}, 10, Glyphs::kAscii), "__#");
  EXPECT_EQ(Sparkline({0, 0}, 10, Glyphs::kAscii), "__");
}

TEST(Bar, StaysWithinItsEnds) {
  EXPECT_EQ(Bar(0.5, 4, Glyphs::kBlocks), "██░░");
  EXPECT_EQ(Bar(7, 4, Glyphs::kAscii), "####");
  EXPECT_EQ(Bar(-1, 4, Glyphs::kAscii), "....");
}

TEST(GlyphsOfLocale, TheFirstVariableThatIsSetDecides) {
  const ScopedVariable all("LC_ALL", "");
  const ScopedVariable type("LC_CTYPE", "C");
  const ScopedVariable language("LANG", "en_GB.UTF-8");
  EXPECT_EQ(GlyphsOfLocale(), Glyphs::kAscii);
  const ScopedVariable utf8("LC_ALL", "C.utf8");
  EXPECT_EQ(GlyphsOfLocale(), Glyphs::kBlocks);
}

}  // namespace
}  // namespace ipclab::cli
