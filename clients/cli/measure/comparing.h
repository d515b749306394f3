// `--compare` and `--noise-floor`: which measurement is set beside which, by what figure of their
// trials, and what is found. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/measure/compared.h"
#include "clients/cli/measure/measurement.h"

namespace ipclab::cli {

// "p50", "p99", "rate" or "cpu"; INVALID_ARGUMENT for others.
absl::StatusOr<CompareBy> ParseCompareBy(const std::string& text);

// asked, or where that is kOwn what the pattern is about: messages in a second of streams and fans
// that send as fast as they can, else the median latency.
CompareBy FigureFor(CompareBy asked, const v1::MeasureSpec& spec);

// Where each has its reference among them: the first one, or of the first's mechanism the one with
// the same size, pattern and way to wait. Of one mechanism alone it is the first with the same size
// and pattern, or where sizes are all that differs, the first. None: it is a reference itself, or
// there is none.
std::vector<std::optional<size_t>> ReferencesOf(const std::vector<v1::MeasureSpec>& specs);

// Fills in comparison of each that has a reference, and warns of too few trials. noise_floor: what
// NoiseSeen found; differences below it, or below 5%, do not matter.
void CompareAll(std::vector<Measurement>& measurements, CompareBy by, double noise_floor);

// What one item measured twice in one run shows: noise_floor of each, of the twin in the same
// place.
void CompareTwins(std::vector<Measurement>& measurements, const std::vector<Measurement>& twins,
                  CompareBy by);

// The greatest difference of any from its twin, as a part of the lesser; 0 without twins.
double NoiseSeen(const std::vector<Measurement>& measurements);

}  // namespace ipclab::cli
