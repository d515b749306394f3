// The latencies of an experiment as a histogram log, format 1.3, which HdrHistogram's libraries and
// plotters read: one line per kind, tagged with it ("round_trip", "stepped_round_trip"). Pure.
//
// Values are nanoseconds, but the column Interval_Max, which is for people and in milliseconds.
#pragma once

#include <string>

#include "ipclab/v1/experiment.pb.h"

namespace ipclab {

// A kind without figures has a comment that says why.
std::string ExportHdrLog(const v1::Experiment& experiment);

}  // namespace ipclab
