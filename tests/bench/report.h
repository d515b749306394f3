// What a benchmark prints: a table of figures, each beside the control that was measured in the
// same run, and whether it meets its target. No figure here is worth anything without its control.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace ipclab::bench {

struct Quantity {
  enum Unit { kNanos, kBytes, kCount };
  double value;
  Unit unit;
};

inline Quantity Nanos(double value) { return {value, Quantity::kNanos}; }
inline Quantity Bytes(double value) { return {value, Quantity::kBytes}; }
inline Quantity Count(double value) { return {value, Quantity::kCount}; }

struct Row {
  std::string what;
  std::optional<Quantity> figure = {};  // none: remark says why
  std::optional<Quantity> control = {};
  std::optional<Quantity> at_most = {};      // target of the figure
  std::optional<double> ratio_at_most = {};  // target of figure / control
  std::string remark = {};
};

class Report {
 public:
  // names: what the two columns of numbers are.
  Report(std::string figure_name, std::string control_name)
      : figure_name_(std::move(figure_name)), control_name_(std::move(control_name)) {}

  // A line above the table: how it was measured.
  void Note(std::string line) { notes_.push_back(std::move(line)); }
  // A line below the table.
  void Footnote(std::string line) { footnotes_.push_back(std::move(line)); }
  void Add(Row row) { rows_.push_back(std::move(row)); }
  void Print() const;

 private:
  const std::string figure_name_;
  const std::string control_name_;
  std::vector<std::string> notes_;
  std::vector<std::string> footnotes_;
  std::vector<Row> rows_;
};

// The whole of a benchmark's main: prints the report that measure gives, whatever the figures are,
// and returns 0; says why and returns 1 when it could not measure.
int Run(const char* name, const std::function<absl::Status(Report&)>& measure,
        std::string figure_name, std::string control_name);

}  // namespace ipclab::bench
