// Text as a terminal's cells take it: characters of no, one or two columns. What moves the cursor
// or is no UTF-8 never gets to the terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ipclab::cli {

// One character and the columns that it takes. bytes is empty at the end of the text.
struct Glyph {
  std::string_view bytes;
  char32_t code = 0;  // U+FFFD of what is no UTF-8
  size_t columns = 0;
};

// The first character of text.
Glyph FirstGlyph(std::string_view text);

// Tabs are two spaces, other control characters \x1b, what is no UTF-8 a question mark.
std::string Screened(std::string_view text);

// Where text stops being UTF-8; npos where all of it is.
size_t FirstWrongByte(std::string_view text);

// Values that are long strings, cut inside their quotes to about 40 columns.
std::string WithShortStrings(std::string_view text);

// Of screened text.
size_t ColumnsTaken(std::string_view text);

// The longest beginning of at most so many columns, and the rest behind so many. A wide character
// that lies across the border is in neither.
std::string FirstColumns(std::string_view text, size_t columns);
std::string AfterColumns(std::string_view text, size_t columns);

// Of a name the end says most, "…of_silver[39]": so many columns at most.
std::string LastColumns(std::string_view text, size_t columns);

// For terminals that know ASCII only: our own marks in their nearest form, all else a question mark
// for each column.
std::string AsciiOnly(std::string_view text);

}  // namespace ipclab::cli
