// Where a search stops before its end, in words: Exploration::stopped_at.
#pragma once

#include <cstdint>
#include <string>

namespace ipclab {

// "the limit of 1024 MiB".
std::string LimitOfBytes(int64_t bytes);
// "the limit of 100 schedules".
std::string LimitOfSchedules(int64_t schedules);
// "the limit of 10000 steps of a schedule".
std::string LimitOfSteps(int64_t steps);

}  // namespace ipclab
