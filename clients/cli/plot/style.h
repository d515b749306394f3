// How pictures look: sizes, colours and the style sheet that every SVG carries.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace ipclab::plot {

// Of the page, in pixels.
inline constexpr double kPageWidth = 1000;
inline constexpr double kMargin = 24;

inline constexpr double kTitleSize = 17;
inline constexpr double kLabelSize = 12;
inline constexpr double kSmallSize = 11;

// Line styles that differ in colour, and after those in dashes too.
inline constexpr int kColours = 7;
inline constexpr int kLineStyles = kColours * 3;

// The classes of the line of an item by its number, and of what is filled in its colour.
std::string LineStyle(size_t number);
std::string FillStyle(size_t number);

// Shades for counts, from few to many.
inline constexpr int kShades = 9;
std::string ShadeStyle(int shade);

// Colours are those of Okabe and Ito that show on white, which the colour-blind can tell apart; a
// viewer in dark mode gets lighter ones.
absl::string_view StyleSheet();

}  // namespace ipclab::plot
