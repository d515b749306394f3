// A line of the screen: pieces of text, each in its style. What the layout makes, what tests read
// as plain text and what the screen writes as ANSI sequences.
//
// A value. Text is screened when it is added, so nothing in it can move the cursor.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ipclab::cli {

enum class Colour { kNone, kRed, kGreen, kYellow, kBlue, kMagenta, kCyan };

// What says something says it without colour too: styles only help the eye.
struct Style {
  Colour colour = Colour::kNone;
  bool strong = false;
  bool faint = false;
  bool underlined = false;
  bool reversed = false;

  bool operator==(const Style&) const = default;
};

inline constexpr Style kPlainStyle = {};
inline constexpr Style kStrongStyle = {.strong = true};
inline constexpr Style kFaintStyle = {.faint = true};
inline constexpr Style kGoodStyle = {.colour = Colour::kGreen};
inline constexpr Style kWarningStyle = {.colour = Colour::kYellow};
inline constexpr Style kBadStyle = {.colour = Colour::kRed, .strong = true};

class StyledLine {
 public:
  StyledLine() = default;
  explicit StyledLine(std::string_view text, Style style = {}) { Add(text, style); }

  StyledLine& Add(std::string_view text, Style style = {});
  StyledLine& Add(const StyledLine& line);

  // Spaces up to that column; nothing if it is there already.
  StyledLine& PadTo(size_t columns);

  // At most so many columns; where something is cut off, the last one says so.
  StyledLine& CutTo(size_t columns);

  // Without its first columns.
  StyledLine& DropColumns(size_t columns);

  // Every piece in reverse too.
  StyledLine& Reverse();

  size_t columns() const;
  std::string text() const;

  // With escape sequences around what has a style; colours alone are left out without colours.
  std::string Ansi(bool colours) const;

  bool operator==(const StyledLine&) const = default;

 private:
  struct Piece {
    std::string text;
    Style style;
    bool operator==(const Piece&) const = default;
  };

  std::vector<Piece> pieces_;
};

using StyledLines = std::vector<StyledLine>;

// One colour for each worker, by its letter.
Style WorkerStyle(std::string_view letter);

// "── title ──────": what stands over a part of the screen.
StyledLine TitleRule(std::string_view title, size_t columns, bool chosen = false);

}  // namespace ipclab::cli
