// A table with aligned columns that fits the width of a terminal.
//
// Where the columns do not fit beside each other they are continued in further blocks below, each
// of which starts with the key columns again, so that nothing is hidden. A last column that wraps
// takes what room is left, if that is enough to read it in.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "clients/cli/terminal.h"

namespace ipclab::cli {

class Table {
 public:
  struct Column {
    std::string title;
    enum class Align { kLeft, kRight } align = Align::kRight;
    bool key = false;    // repeated in every block; keys come first
    bool wraps = false;  // only the last column
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // One cell per column.
  void AddRow(std::vector<std::string> cells, Tone tone = Tone::kPlain);

  // A row that has no figures: its key cells, then a text across the other columns of the first
  // block.
  void AddText(std::vector<std::string> key_cells, std::string text, Tone tone = Tone::kPlain);

  // A line across the table, after an empty one, that stands over the rows that follow; in the
  // first block only.
  void AddHeading(std::string text);

  // Every line ends with a line break and has no spaces before it.
  std::string Render(const Terminal& terminal) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    std::string text;
    bool is_text = false;
    bool is_heading = false;
    Tone tone = Tone::kPlain;
  };

  std::vector<size_t> Widths() const;
  std::vector<std::vector<size_t>> Blocks(const std::vector<size_t>& widths, size_t limit) const;
  std::string Line(const std::vector<std::string>& cells, const std::vector<size_t>& block,
                   const std::vector<size_t>& widths, const Terminal& terminal, Tone tone) const;
  std::string TextLine(const Row& row, const std::vector<size_t>& widths,
                       const Terminal& terminal) const;

  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

inline constexpr auto kLeft = Table::Column::Align::kLeft;  // what pages write often

}  // namespace ipclab::cli
