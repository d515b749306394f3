// Figures in sentences: three digits, the unit that fits, and what the figure is of.
#pragma once

#include <cstdint>
#include <string>

#include "ipclab/v1/mechanism.pb.h"
#include "server/recommend/rules.h"

namespace ipclab {

// What counts for a priority. The less the better; 0: there is none. Of THROUGHPUT the time that
// one message takes of a second.
double CostOf(const v1::MeasuredFigures& figures, Wanted::Priority priority);

// "a p50 of 39.1 us", "512 k messages a second", "4.21 us of processor time a message".
std::string CostText(const v1::MeasuredFigures& figures, Wanted::Priority priority);

// "8% better", from twice on "2.1 times better", of more than 10 without a fraction.
std::string BetterText(double times);

}  // namespace ipclab
