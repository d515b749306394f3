// A graph in one line of text: "▁▂▅▇█▇▅".
#pragma once

#include <string>
#include <vector>

namespace ipclab::cli {

enum class Glyphs {
  kBlocks,  // eighths of a block, for terminals that speak UTF-8
  kAscii,
};

// What the locale of the environment (LC_ALL, LC_CTYPE, LANG) can show.
Glyphs GlyphsOfLocale();

// The last width values, one column each, between 0 and their greatest. A value that is nothing or
// negative has the lowest mark.
std::string Sparkline(const std::vector<double>& values, size_t width, Glyphs glyphs);

// A bar of so many columns that is filled from the left to the share done, 0 to 1.
std::string Bar(double done, size_t width, Glyphs glyphs);

}  // namespace ipclab::cli
