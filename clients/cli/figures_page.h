// The figures of an experiment as a page for people, and the few of them that fit in one line.
#pragma once

#include <optional>
#include <string>

#include "clients/cli/terminal.h"
#include "ipclab/v1/metrics.pb.h"

namespace ipclab::cli {

// Rates, counters, latencies and each worker's share; of a program, operations and waiting.
std::string FiguresPage(const v1::Metrics& metrics, const Terminal& terminal);

// The latency that the pattern is about: the first that has values, the send call only where there
// is no other; nullptr when there is none.
const v1::Latency* MainLatency(const v1::Metrics& metrics);

// A percentile of the latency; none when too few values support it.
std::optional<int64_t> PercentileOf(const v1::Latency& latency, double percent);

// "p50 3.91 us, p99 12.3 us"; empty without latencies.
std::string LatencyText(const v1::Metrics& metrics);

// "round trip"
std::string LatencyKindText(v1::Latency::Kind kind);

// "3 lost, 1 reordered"; empty when nothing went wrong.
std::string MishapsText(const v1::Counters& counters);

// The same, and what is no mishap but worth a word: "3 lost, 90 merged, 12 read again".
std::string OddsText(const v1::Counters& counters);

}  // namespace ipclab::cli
