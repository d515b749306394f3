// How a peer's figure is found in what it prints. Pure; each returns nanoseconds, and
// INVALID_ARGUMENT with the first line of the output where the figure is not in it.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ipclab::bench {

using Parser = absl::StatusOr<double> (*)(absl::string_view output);

// `perf bench sched pipe`: "5.113600 usecs/op".
absl::StatusOr<double> ParsePerf(absl::string_view output);

// hackbench: "Time: 0.212", the seconds of the whole run.
absl::StatusOr<double> ParseHackbench(absl::string_view output);

// The JSON of rt-tests: "avg": 3.98, in microseconds.
absl::StatusOr<double> ParseRtTests(absl::string_view output);

// sockperf: "percentile 50.000 =   12.057", in microseconds.
absl::StatusOr<double> ParseSockperf(absl::string_view output);

// qperf: "latency  =  7.47 us", in the unit that it says.
absl::StatusOr<double> ParseQperf(absl::string_view output);

// `stress-ng --metrics` of one stressor: the time of one of its operations, of the line
// "metrc: [123] msg 200000 0.42 0.06 0.35 479178.99 483303.09 ...".
absl::StatusOr<double> ParseStressNg(absl::string_view output);

}  // namespace ipclab::bench
