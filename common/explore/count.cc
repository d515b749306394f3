#include "common/explore/count.h"

#include <algorithm>

namespace ipclab {
namespace {

constexpr Count kMostCounted = ~Count{0} >> 1;

}  // namespace

bool AddTo(Count& sum, Count b) {
  if (b > kMostCounted - sum) return false;
  sum += b;
  return true;
}

std::string CountText(Count count) {
  std::string digits;
  do {
    digits += static_cast<char>('0' + static_cast<int>(count % 10));
    count /= 10;
  } while (count != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

double CountAsDouble(Count count) { return static_cast<double>(count); }

}  // namespace ipclab
