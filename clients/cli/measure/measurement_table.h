// The rows of what `ipclab measure` measured, laid out for people; used by its report.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/measure/measurement.h"
#include "clients/cli/terminal.h"

namespace ipclab::cli {

// False for one that only failed.
bool HasFigures(const Measurement& each);

// True when there are several patterns, ways to wait, or rates among them.
bool PatternsVary(const std::vector<Measurement>& measurements);
bool WaitsVary(const std::vector<Measurement>& measurements);
bool LoadsVary(const std::vector<Measurement>& measurements);

// One of all in words: "pipe 64 B", and what else tells it from the others.
std::string RowName(const std::vector<Measurement>& all, const Measurement& each);

// How a failed one is told: "refused: ...", "failed in trial 2: ...".
std::string FailureLine(const Measurement& each, int trials);

// A table with a row per measurement. Of several patterns a table each, under a line that says what
// its latency is; but round trips and streams stand beside each other, a row per mechanism and
// size.
std::string MeasurementTable(const std::vector<Measurement>& measurements, int trials,
                             const Terminal& terminal);

// True when the table has round trips and streams beside each other.
bool ArePairs(const std::vector<Measurement>& measurements);

// True when some are compared with others.
bool AreCompared(const std::vector<Measurement>& measurements);

// The percentiles that the table shows of these; p99.99 only where one has it.
std::vector<double> ShownPercentiles(const std::vector<Measurement>& measurements);

}  // namespace ipclab::cli
