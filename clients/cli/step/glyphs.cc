#include "clients/cli/step/glyphs.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace ipclab::cli {
namespace {

constexpr char32_t kNoCharacter = 0xfffd;
constexpr size_t kLongestString = 40;

struct CodeRange {
  char32_t first;
  char32_t last;
};

// Marks that stand on the character before them, and what cannot be seen.
constexpr CodeRange kNoColumn[] = {
    {0x300, 0x36f},   {0x483, 0x489},    {0x591, 0x5bd},   {0x610, 0x61a},   {0x64b, 0x65f},
    {0x900, 0x902},   {0x1ab0, 0x1aff},  {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x202a, 0x202e},
    {0x2060, 0x2064}, {0x2066, 0x2069},  {0x20d0, 0x20f0}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
    {0xfeff, 0xfeff}, {0xe0100, 0xe01ef}};

// East Asian wide and full width, and pictographs.
constexpr CodeRange kTwoColumns[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23ec},   {0x2614, 0x2615},
    {0x26a1, 0x26a1},   {0x2705, 0x2705},   {0x274c, 0x274c},   {0x2e80, 0x303e},
    {0x3041, 0xa4cf},   {0xa960, 0xa97c},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd}};

template <size_t n>
bool Within(const CodeRange (&ranges)[n], char32_t code) {
  return std::any_of(std::begin(ranges), std::end(ranges), [code](const CodeRange& range) {
    return range.first <= code && code <= range.last;
  });
}

size_t ColumnsOfCode(char32_t code) {
  if (Within(kNoColumn, code)) return 0;
  return Within(kTwoColumns, code) ? 2 : 1;
}

// How many bytes a character has that begins like this; 0 of none.
size_t LengthOf(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  if (first >= 0xf0 && first < 0xf5) return 4;
  return 0;
}

constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};  // shorter forms are overlong

bool IsControl(char32_t code) { return code < 0x20 || (code >= 0x7f && code < 0xa0); }

// What else could turn the direction of a line round.
bool IsHidden(char32_t code) {
  return (code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2060 && code <= 0x2069) || code == 0x2028 || code == 0x2029 || code == 0xfeff;
}

constexpr std::pair<char32_t, char> kAsciiForms[] = {
    {0x2500, '-'}, {0x2502, '|'}, {0x253c, '+'}, {0x252c, '-'}, {0x2534, '-'}, {0x2026, '~'},
    {0x00b7, '-'}, {0x2191, '^'}, {0x2193, 'v'}, {0x2190, '<'}, {0x2192, '>'}};

}  // namespace

Glyph FirstGlyph(std::string_view text) {
  if (text.empty()) return {};
  const Glyph wrong = {.bytes = text.substr(0, 1), .code = kNoCharacter, .columns = 1};
  const auto first = static_cast<unsigned char>(text[0]);
  const size_t length = LengthOf(first);
  if (length == 1) return {.bytes = text.substr(0, 1), .code = first, .columns = 1};
  if (length == 0 || text.size() < length) return wrong;
  char32_t code = first & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80) return wrong;
    code = code << 6 | (next & 0x3f);
  }
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < kLeast[length] || surrogate || code > 0x10ffff) return wrong;
  return {.bytes = text.substr(0, length), .code = code, .columns = ColumnsOfCode(code)};
}

std::string Screened(std::string_view text) {
  std::string screened;
  while (!text.empty()) {
    const Glyph glyph = FirstGlyph(text);
    text.remove_prefix(glyph.bytes.size());
    if (glyph.code == '\t') {
      screened += "  ";
    } else if (IsControl(glyph.code)) {
      absl::StrAppendFormat(&screened, "\\x%02x", static_cast<uint32_t>(glyph.code));
    } else if (glyph.code == kNoCharacter || IsHidden(glyph.code)) {
      screened += "?";
    } else {
      screened += glyph.bytes;
    }
  }
  return screened;
}

size_t FirstWrongByte(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const Glyph glyph = FirstGlyph(text.substr(at));
    // Written as such, U+FFFD has three bytes.
    if (glyph.code == kNoCharacter && glyph.bytes.size() == 1) return at;
    at += glyph.bytes.size();
  }
  return std::string_view::npos;
}

std::string WithShortStrings(std::string_view text) {
  std::string shortened;
  while (!text.empty()) {
    const size_t begin = std::min(text.find('"'), text.size() - 1) + 1;
    shortened += text.substr(0, begin);
    text.remove_prefix(begin);
    if (shortened.back() != '"') break;
    const size_t end = std::min(text.find('"'), text.size());
    const std::string_view string = text.substr(0, end);
    if (ColumnsTaken(string) > kLongestString) {
      absl::StrAppend(&shortened, FirstColumns(string, kLongestString - 1), "…");
    } else {
      shortened += string;
    }
    if (end < text.size()) shortened += '"';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return shortened;
}

size_t ColumnsTaken(std::string_view text) {
  size_t columns = 0;
  while (!text.empty()) {
    const Glyph glyph = FirstGlyph(text);
    columns += glyph.columns;
    text.remove_prefix(glyph.bytes.size());
  }
  return columns;
}

std::string FirstColumns(std::string_view text, size_t columns) {
  size_t end = 0;
  for (size_t taken = 0; end < text.size();) {
    const Glyph glyph = FirstGlyph(text.substr(end));
    taken += glyph.columns;
    if (taken > columns) break;
    end += glyph.bytes.size();
  }
  return std::string(text.substr(0, end));
}

std::string AfterColumns(std::string_view text, size_t columns) {
  for (size_t taken = 0; taken < columns && !text.empty();) {
    const Glyph glyph = FirstGlyph(text);
    taken += glyph.columns;
    text.remove_prefix(glyph.bytes.size());
  }
  return std::string(text);
}

std::string LastColumns(std::string_view text, size_t columns) {
  const size_t taken = ColumnsTaken(text);
  if (taken <= columns) return std::string(text);
  return columns == 0 ? "" : absl::StrCat("…", AfterColumns(text, taken - columns + 1));
}

std::string AsciiOnly(std::string_view text) {
  std::string ascii;
  while (!text.empty()) {
    const Glyph glyph = FirstGlyph(text);
    text.remove_prefix(glyph.bytes.size());
    const auto* form = std::find_if(std::begin(kAsciiForms), std::end(kAsciiForms),
                                    [&](const auto& each) { return each.first == glyph.code; });
    if (glyph.code < 0x80) {
      ascii += glyph.bytes;
    } else {
      ascii.append(glyph.columns, form == std::end(kAsciiForms) ? '?' : form->second);
    }
  }
  return ascii;
}

}  // namespace ipclab::cli
