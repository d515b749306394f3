// Where a value lies between the ends of an axis. Pure.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

namespace ipclab::plot {

// What values there are; none in a new one.
struct Range {
  bool empty = true;
  double low = 0;
  double high = 0;

  // Takes in a value; what is no finite number is passed over.
  void Add(double value);
  void Add(std::optional<double> value);

  bool operator==(const Range&) const = default;
};

struct Scale {
  bool logarithmic = false;
  double low = 0;
  double high = 1;

  // 0 at low, 1 at high, and never outside: what lies beyond an end is drawn at it.
  double Fraction(double value) const;

  bool operator==(const Scale&) const = default;
};

// A scale that holds the range with round numbers at its ends: from 0 on where from_zero is set,
// logarithmic where the greatest value is more than ten times the least. Values below least_log,
// which a logarithm would send far away, count as that there.
Scale RoundScale(const Range& range, bool from_zero, double least_log);

// Likewise, but linear or logarithmic as told.
Scale LinearScale(const Range& range, bool from_zero);
Scale LogScale(const Range& range, double least);

}  // namespace ipclab::plot
