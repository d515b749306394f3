// What the standard streams are connected to, and how text is fitted to it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ipclab::cli {

// How a piece of text stands out where there are colours.
enum class Tone { kPlain, kStrong, kFaint, kGood, kWarning, kBad };

struct Terminal {
  bool interactive = false;
  size_t width = 0;  // in columns; 0 means that lines may be of any length
  bool colours = false;

  // text in tone, or as it is where there are no colours.
  std::string Paint(Tone tone, const std::string& text) const;
};

// Looks at a descriptor. A terminal has its own width; anything else has that of $COLUMNS, if set.
// Colours need a terminal, no NO_COLOR in the environment, and a TERM that is not "dumb".
Terminal TerminalOf(int fd);

// How many columns the text takes: one per UTF-8 character, which holds for all we print.
size_t ColumnsOf(const std::string& text);

// Text of others' making, fit for one line of a terminal: control characters, which could move the
// cursor or forge lines, are shown as \x1b.
std::string Printable(const std::string& text);

// The width for running text: the terminal's, and a readable one where lines may be of any length.
size_t ProseWidth(const Terminal& terminal);

// Breaks text at spaces into lines of at most width columns (0: no limit); a word that is longer
// has a line of its own. Line breaks in text are kept. At least one line.
std::vector<std::string> WrapWords(const std::string& text, size_t width);

// Every line of the wrapped text with indent before it and a line break behind; the first line has
// first instead of indent.
std::string Paragraph(const std::string& first, const std::string& indent, const std::string& text,
                      size_t width);

}  // namespace ipclab::cli
