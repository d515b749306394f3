#include "clients/cli/table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace ipclab::cli {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kLeastWrapped = 20;  // with less room a wrapping column goes into the next block

std::string Padded(const std::string& text, size_t width, Table::Column::Align align) {
  const size_t taken = ColumnsOf(text);
  const std::string fill(width > taken ? width - taken : 0, ' ');
  return align == Table::Column::Align::kLeft ? text + fill : fill + text;
}

// Running text in a column: what is longer than the column, as a path may be, is broken anywhere.
std::vector<std::string> Broken(const std::string& text, size_t width) {
  std::vector<std::string> lines;
  for (const std::string& line : WrapWords(text, width)) {
    lines.emplace_back();
    for (size_t i = 0; i < line.size(); ++i) {
      const bool starts_character = (static_cast<unsigned char>(line[i]) & 0xc0) != 0x80;
      if (width > 0 && starts_character && ColumnsOf(lines.back()) == width) lines.emplace_back();
      lines.back() += line[i];
    }
  }
  return lines;
}

std::string WithoutTrailingSpaces(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

void Table::AddRow(std::vector<std::string> cells, Tone tone) {
  cells.resize(columns_.size());
  rows_.push_back({.cells = std::move(cells), .text = "", .tone = tone});
}

void Table::AddText(std::vector<std::string> key_cells, std::string text, Tone tone) {
  key_cells.resize(columns_.size());
  rows_.push_back(
      {.cells = std::move(key_cells), .text = std::move(text), .is_text = true, .tone = tone});
}

void Table::AddHeading(std::string text) {
  rows_.push_back({.cells = std::vector<std::string>(columns_.size()),
                   .text = std::move(text),
                   .is_heading = true,
                   .tone = Tone::kStrong});
}

std::string Table::Render(const Terminal& terminal) const {
  std::vector<size_t> widths = Widths();
  const auto blocks = Blocks(widths, terminal.width);
  if (terminal.width > 0 && columns_.back().wraps) {
    size_t taken = 0;
    for (const size_t i : blocks.back()) taken += i + 1 < widths.size() ? widths[i] + kGap : 0;
    const size_t left = terminal.width > taken ? terminal.width - taken : 0;
    widths.back() = std::min(widths.back(), std::max(left, kLeastWrapped));
  }
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  std::string text;
  for (const auto& block : blocks) {
    const bool first = &block == &blocks.front();
    if (!first) text += "\n";
    text += Line(titles, block, widths, terminal, Tone::kStrong);
    for (const Row& row : rows_) {
      if (!row.is_text && !row.is_heading) {
        text += Line(row.cells, block, widths, terminal, row.tone);
      } else if (first && row.is_text) {
        text += TextLine(row, widths, terminal);
      } else if (first) {
        absl::StrAppend(&text, "\n", terminal.Paint(row.tone, row.text), "\n");
      }
    }
  }
  return text;
}

std::vector<size_t> Table::Widths() const {
  std::vector<size_t> widths;
  for (const Column& column : columns_) widths.push_back(ColumnsOf(column.title));
  for (const Row& row : rows_) {
    for (size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], ColumnsOf(row.cells[i]));
    }
  }
  return widths;
}

// The columns of each block, greedily; a block has at least one column beside the keys.
std::vector<std::vector<size_t>> Table::Blocks(const std::vector<size_t>& widths,
                                               size_t limit) const {
  std::vector<size_t> keys;
  size_t keys_width = 0;
  for (size_t i = 0; i < columns_.size() && columns_[i].key; ++i) {
    keys.push_back(i);
    keys_width += widths[i] + kGap;
  }
  std::vector<std::vector<size_t>> blocks = {keys};
  size_t taken = keys_width;
  for (size_t i = keys.size(); i < columns_.size(); ++i) {
    const size_t least = columns_[i].wraps ? std::min(widths[i], kLeastWrapped) : widths[i];
    const bool fits = limit == 0 || taken + least <= limit;
    if (!fits && blocks.back().size() > keys.size()) {
      blocks.push_back(keys);
      taken = keys_width;
    }
    blocks.back().push_back(i);
    taken += widths[i] + kGap;
  }
  return blocks;
}

std::string Table::Line(const std::vector<std::string>& cells, const std::vector<size_t>& block,
                        const std::vector<size_t>& widths, const Terminal& terminal,
                        Tone tone) const {
  const size_t last = block.back();
  const std::vector<std::string> wrapped = columns_[last].wraps
                                               ? Broken(cells[last], widths[last])
                                               : std::vector<std::string>{cells[last]};
  std::string text;
  for (size_t line = 0; line < wrapped.size(); ++line) {
    std::string current;
    for (const size_t i : block) {
      const std::string& cell = i == last ? wrapped[line] : line == 0 ? cells[i] : std::string();
      if (i != block.front()) current.append(kGap, ' ');
      current += Padded(cell, widths[i], columns_[i].align);
    }
    absl::StrAppend(&text, terminal.Paint(tone, WithoutTrailingSpaces(current)), "\n");
  }
  return text;
}

std::string Table::TextLine(const Row& row, const std::vector<size_t>& widths,
                            const Terminal& terminal) const {
  std::string keys;
  for (size_t i = 0; i < columns_.size() && columns_[i].key; ++i) {
    absl::StrAppend(&keys, Padded(row.cells[i], widths[i], columns_[i].align),
                    std::string(kGap, ' '));
  }
  std::string text;
  const std::string indent(ColumnsOf(keys), ' ');
  const size_t room = terminal.width > indent.size() ? terminal.width - indent.size() : 0;
  const size_t width = terminal.width == 0 ? 0 : std::max(room, kLeastWrapped);
  for (const std::string& line : Broken(row.text, width)) {
    const std::string& start = text.empty() ? keys : indent;
    absl::StrAppend(&text, terminal.Paint(row.tone, WithoutTrailingSpaces(start + line)), "\n");
  }
  return text;
}

}  // namespace ipclab::cli
