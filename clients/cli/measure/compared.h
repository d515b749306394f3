// How one item stands to another: what `--compare` and `--noise-floor` found. Values only; reckoned
// by comparing.h.
#pragma once

#include <string>

#include "common/stats/comparison.h"

namespace ipclab::cli {

// The figure of each trial that items are compared by. kOwn: the one that the pattern is about.
enum class CompareBy { kOwn, kP50, kP99, kRate, kCpu };

struct ComparedTo {
  std::string to;  // the reference in words: "pipe 64 B"
  CompareBy by = CompareBy::kP50;
  stats::Comparison found;   // says nothing where lacking does
  std::string lacking = {};  // why nothing could be found: "p99 needs 299 messages in each trial"
  bool other_platform = false;  // the control of one is by far not that of the other
  double threshold = stats::kPracticalThreshold;  // differences below it matter to nobody
};

}  // namespace ipclab::cli
