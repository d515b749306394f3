// The figures of an experiment as a tidy table: one figure a row, what it is of in columns. Pure.
//
//   experiment,mechanism,pattern,message_bytes,stepped,kind,statistic,value,unit,count,note
//   experiments/a,pipe,ROUND_TRIP,64,false,round_trip,p99,5123,ns,1000,
//
// kind is a latency's kind, or counter, rate, control or warning. count says how many values a
// statistic of a latency rests on. A figure that does not exist has a row without value and a note
// that says why, so that every experiment of one pattern has the same rows.
#pragma once

#include <string>

#include "ipclab/v1/experiment.pb.h"

namespace ipclab {

// The fields as RFC 4180 quotes them; lines end in a line feed alone.
std::string ExportCsv(const v1::Experiment& experiment);

}  // namespace ipclab
