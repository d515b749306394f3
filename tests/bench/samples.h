// All values of one figure, for its percentiles.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ipclab::bench {

class Samples {
 public:
  void Add(double value) { values_.push_back(value); }
  size_t size() const { return values_.size(); }

  // The least value at or below which this part of all lie; 0 when there is none.
  double Percentile(double percent) const {
    if (values_.empty()) return 0;
    std::vector<double> values = values_;
    const auto count = static_cast<double>(values.size());
    const auto rank = static_cast<size_t>(std::max(1.0, std::ceil(percent / 100 * count)));
    const auto nth = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    std::nth_element(values.begin(), nth, values.end());
    return *nth;
  }
  double Median() const { return Percentile(50); }
  double Greatest() const { return Percentile(100); }

 private:
  std::vector<double> values_;
};

}  // namespace ipclab::bench
