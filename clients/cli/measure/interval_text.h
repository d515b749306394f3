// Two ends of an interval in one cell of a table.
#pragma once

#include <string>

#include "clients/cli/measure/compared.h"
#include "ipclab/v1/mechanism.pb.h"

namespace ipclab::cli {

// Of "29.9 us" and "31.2 us": "29.9..31.2 us". Of different units both are kept.
std::string RangeText(const std::string& low, const std::string& high);

// Of the figure in its unit: times, or messages in a second.
std::string RangeText(const stats::Interval& interval, CompareBy by);

// "1.084"; with an interval "1.084 (1.052..1.117)". "-" where there is none to speak of.
std::string RatioText(const stats::Comparison& found);

// How far it is from the reference: "+2.56 us (1.90..3.20 us)".
std::string DifferenceText(const stats::Comparison& found, CompareBy by);

// The verdict; of what could not be compared why not.
std::string OutcomeText(const ComparedTo& compared);

// What is counted in a pattern: "message", "acquire".
std::string PatternUnit(v1::Pattern::Kind pattern);

// "p50", "p99", "messages/s" or "CPU/message"; of locks "acquires/s", and so on.
std::string FigureText(CompareBy by, v1::Pattern::Kind pattern);

}  // namespace ipclab::cli
