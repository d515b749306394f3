#include "clients/cli/measure/comparison_json.h"

namespace ipclab::cli {
namespace {

std::string FigureName(CompareBy by) {
  switch (by) {
    case CompareBy::kRate:
      return "messagesPerSecond";
    case CompareBy::kCpu:
      return "cpuNanosPerMessage";
    case CompareBy::kP99:
      return "p99";
    default:
      return "p50";
  }
}

}  // namespace

std::string VerdictName(stats::Verdict verdict) {
  switch (verdict) {
    case stats::Verdict::kFaster:
      return "FASTER";
    case stats::Verdict::kSlower:
      return "SLOWER";
    case stats::Verdict::kNoDifferenceShown:
      return "NO_DIFFERENCE_SHOWN";
    case stats::Verdict::kTooNoisy:
      return "TOO_NOISY";
    case stats::Verdict::kTooFewTrials:
      break;
  }
  return "TOO_FEW_TRIALS";
}

JsonLine ComparisonJson(const ComparedTo& compared) {
  const stats::Comparison& found = compared.found;
  const bool rate = compared.by == CompareBy::kRate;
  const char* const difference = rate ? "differencePerSecond" : "differenceNanos";
  JsonLine json;
  json.Text("to", compared.to).Text("figure", FigureName(compared.by));
  if (compared.other_platform) json.Truth("controlsDiffer", true);
  if (!compared.lacking.empty()) {
    for (const char* key : {"ratio", difference, "pValue", "adjustedPValue", "superiority"}) {
      json.Null(key);
    }
    json.Real("threshold", compared.threshold)
        .Text("verdict", "NOT_COMPARED")
        .Text("why", compared.lacking);
    return json;
  }
  if (found.ratio > 0) json.Real("ratio", found.ratio);
  if (found.ratio_interval) {
    json.Reals("ratioInterval", {found.ratio_interval->low, found.ratio_interval->high});
  }
  json.Real(difference, found.difference);
  if (found.difference_interval) {
    json.Reals("differenceInterval",
               {found.difference_interval->low, found.difference_interval->high});
  }
  json.Real("pValue", found.p_value)
      .Real("adjustedPValue", found.adjusted_p_value)
      .Real("superiority", found.superiority)
      .Real("threshold", compared.threshold)
      .Text("verdict", VerdictName(found.verdict));
  return json;
}

}  // namespace ipclab::cli
