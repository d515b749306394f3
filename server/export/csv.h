// The figures of an experiment as a tidy table: one figure a row, what it is of in columns. Pure.
//
//   experiment,mechanism,pattern,message_bytes,stepped,kind,statistic,value,unit,count,note,begin_ns
//   experiments/a,pipe,ROUND_TRIP,64,false,round_trip,p99,5123,ns,1000,,
//   experiments/a,pipe,ROUND_TRIP,64,false,slice,p50,4987,ns,100,,200000000
//
// kind is a latency's kind, or counter, rate, control, warning, warm_up, run, census, host_load or
// slice. count says how many values a statistic of a latency rests on. A figure that does not exist
// has a row without value and a note that says why, so that every experiment of one pattern has the
// same rows, but for slices: there are as many as the run was long, and begin_ns, which all other
// rows leave empty, says where each begins. New columns come at the end.
#pragma once

#include <string>

#include "ipclab/v1/experiment.pb.h"

namespace ipclab {

// The fields as RFC 4180 quotes them; lines end in a line feed alone.
std::string ExportCsv(const v1::Experiment& experiment);

}  // namespace ipclab
