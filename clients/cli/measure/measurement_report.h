// What `ipclab measure` shows to people: how it was measured, the table, and what to know about it.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/measure/measure_selection.h"
#include "clients/cli/measure/measurement.h"
#include "clients/cli/terminal.h"

namespace ipclab::cli {

// The whole report; empty when nothing was measured. trials is how many were asked for, amount how
// long each was ("1s", "100000 messages").
std::string MeasurementReport(const std::vector<Measurement>& measurements, int trials,
                              const std::string& amount, const Terminal& terminal);

// How all of them were measured: traffic, placement, wait, trials, and what is timed.
std::string ReportHeader(const std::vector<Measurement>& measurements, int trials,
                         const std::string& amount, const Terminal& terminal);

// The experiments that are kept, under the rows that they are of; empty where there are none.
std::string KeptText(const std::vector<Measurement>& measurements, const Terminal& terminal);

// What a measurement of all left out, and why; empty when that is nothing.
std::string LeftOutText(const std::vector<LeftOut>& left_out, const Terminal& terminal);

}  // namespace ipclab::cli
