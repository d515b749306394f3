// Numbers of schedules: they grow fast, and are exact or said to be too many.
#pragma once

#include <cstdint>
#include <string>

namespace ipclab {

// 0 to 2^127 - 1.
__extension__ typedef unsigned __int128 Count;

// Adds b; false when that is too many, and sum is not touched.
bool AddTo(Count& sum, Count b);

// Decimal digits.
std::string CountText(Count count);

// For shares and rates.
double CountAsDouble(Count count);

}  // namespace ipclab
