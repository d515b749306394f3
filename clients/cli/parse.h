// Reads the words that people type behind the options of the command line.
//
// Every function answers INVALID_ARGUMENT with a sentence that says what would be right.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ipclab/v1/experiment.pb.h"
#include "ipclab/v1/mechanism.pb.h"

namespace google::protobuf {
class EnumDescriptor;
}

namespace ipclab::cli {

// "64", "64B", "4k", "4KiB", "1M", "1MiB": k and M are powers of 1024. 1 at least.
absl::StatusOr<int64_t> ParseSize(const std::string& text);

// A list of sizes and of ranges, in which each is twice the one before: "64,4k,1M", "64..4k". Each
// is there once, where it came first. A range ends at 1 GiB at most.
absl::StatusOr<std::vector<int64_t>> ParseSizes(const std::string& text);

// "1s", "300ms", "1m30s", or a bare number of seconds. More than nothing, a day at most.
absl::StatusOr<absl::Duration> ParseDuration(const std::string& text);

// "10000", "10k", "1.5M": k and M are thousands and millions. Above 0, 100 millions at most.
absl::StatusOr<double> ParseRate(const std::string& text);

// A list of patterns by their names in lower case: "round_trip,fan_in".
absl::StatusOr<std::vector<v1::Pattern::Kind>> ParsePatterns(const std::string& text);

// A list of "block", "spin" and "spin_then_block".
absl::StatusOr<std::vector<v1::MeasureSpec::Wait>> ParseWaits(const std::string& text);

// A policy by its name in lower case ("same_cpu"), or CPUs, one per worker ("0,1").
absl::StatusOr<v1::Placement> ParsePlacement(const std::string& text);

// "key=value"; the value may be empty and may contain "=".
absl::StatusOr<std::pair<std::string, std::string>> ParseOption(const std::string& text);

// The number of the enumerator that text names in lower case; zero ("unspecified") and hidden ones
// have no name. INVALID_ARGUMENT: "\"x\" is no placement: use same_cpu, ...".
absl::StatusOr<int> ParseEnumerator(const std::string& what, const std::string& text,
                                    const google::protobuf::EnumDescriptor& type,
                                    const std::vector<int>& hidden = {});

// An enumerator's name as the options spell it: "ROUND_TRIP" is "round_trip".
std::string LowerName(const std::string& enumerator);

}  // namespace ipclab::cli
