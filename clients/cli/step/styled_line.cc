#include "clients/cli/step/styled_line.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "clients/cli/step/glyphs.h"

namespace ipclab::cli {
namespace {

constexpr char kCutMark[] = "…";

std::string SequenceOf(const Style& style, bool colours) {
  std::string codes;
  if (style.strong) codes += ";1";
  if (style.faint) codes += ";2";
  if (style.underlined) codes += ";4";
  if (style.reversed) codes += ";7";
  if (colours && style.colour != Colour::kNone) {
    absl::StrAppend(&codes, ";", 30 + static_cast<int>(style.colour));
  }
  return codes.empty() ? "" : absl::StrCat("\033[", codes.substr(1), "m");
}

}  // namespace

StyledLine& StyledLine::Add(std::string_view text, Style style) {
  if (text.empty()) return *this;
  std::string screened = Screened(text);
  if (!pieces_.empty() && pieces_.back().style == style) {
    pieces_.back().text += screened;
  } else {
    pieces_.push_back({std::move(screened), style});
  }
  return *this;
}

StyledLine& StyledLine::Add(const StyledLine& line) {
  for (const Piece& piece : line.pieces_) Add(piece.text, piece.style);
  return *this;
}

StyledLine& StyledLine::PadTo(size_t wanted) {
  const size_t taken = columns();
  return taken < wanted ? Add(std::string(wanted - taken, ' ')) : *this;
}

StyledLine& StyledLine::CutTo(size_t limit) {
  if (columns() <= limit) return *this;
  size_t room = limit == 0 ? 0 : limit - 1;
  std::vector<Piece> kept;
  Style last;
  for (const Piece& piece : pieces_) {
    last = piece.style;
    std::string beginning = FirstColumns(piece.text, room);
    const bool whole = beginning.size() == piece.text.size();
    room -= ColumnsTaken(beginning);
    if (!beginning.empty()) kept.push_back({std::move(beginning), piece.style});
    if (!whole) break;
  }
  pieces_ = std::move(kept);
  return limit == 0 ? *this : Add(kCutMark, last);
}

StyledLine& StyledLine::DropColumns(size_t dropped) {
  for (Piece& piece : pieces_) {
    const size_t taken = ColumnsTaken(piece.text);
    piece.text = AfterColumns(piece.text, dropped);
    dropped -= std::min(dropped, taken);
    if (dropped == 0) break;
  }
  std::erase_if(pieces_, [](const Piece& piece) { return piece.text.empty(); });
  return *this;
}

StyledLine& StyledLine::Reverse() {
  for (Piece& piece : pieces_) piece.style.reversed = true;
  return *this;
}

size_t StyledLine::columns() const {
  size_t columns = 0;
  for (const Piece& piece : pieces_) columns += ColumnsTaken(piece.text);
  return columns;
}

std::string StyledLine::text() const {
  std::string text;
  for (const Piece& piece : pieces_) text += piece.text;
  return text;
}

std::string StyledLine::Ansi(bool colours) const {
  std::string ansi;
  for (const Piece& piece : pieces_) {
    const std::string sequence = SequenceOf(piece.style, colours);
    absl::StrAppend(&ansi, sequence, piece.text, sequence.empty() ? "" : "\033[0m");
  }
  return ansi;
}

Style WorkerStyle(std::string_view letter) {
  constexpr Colour kColours[] = {Colour::kCyan, Colour::kMagenta, Colour::kYellow, Colour::kGreen,
                                 Colour::kBlue};
  const size_t index = letter.empty() || letter[0] < 'A' ? 0 : static_cast<size_t>(letter[0] - 'A');
  return {.colour = kColours[index % std::size(kColours)], .strong = true};
}

StyledLine TitleRule(std::string_view title, size_t columns, bool chosen) {
  StyledLine rule("── ", kFaintStyle);
  rule.Add(title, kStrongStyle);
  if (chosen) rule.Add(" (arrows)", kFaintStyle);
  rule.Add(" ", kFaintStyle);
  std::string rest;
  for (size_t i = rule.columns(); i < columns; ++i) rest += "─";
  return rule.Add(rest, kFaintStyle).CutTo(columns);
}

}  // namespace ipclab::cli
