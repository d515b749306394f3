// The wire form of HdrHistogram, which its libraries in all languages decode: V2, compressed. Pure.
//
// Layout (big-endian): cookie, length of the payload, normalizing offset, significant digits,
// lowest and highest trackable value, ratio for conversion to double; then the counts from index 0
// to the last that holds something as ZigZag LEB128 numbers, a run of n zeros as -n. All that is
// deflated by zlib behind a cookie and a length of its own.
#pragma once

#include <string>

#include "ipclab/v1/metrics.pb.h"

namespace ipclab {

// Plain, as the libraries have it before they compress it. Counts beyond the layout are left out.
std::string EncodeHdr(const v1::Histogram& histogram);

// Compressed, in base64: the payload of a line of a histogram log, "HISTFAAA...".
std::string EncodeHdrForLog(const v1::Histogram& histogram);

}  // namespace ipclab
