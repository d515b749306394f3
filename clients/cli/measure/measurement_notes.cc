#include "clients/cli/measure/measurement_notes.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/experiment_text.h"
#include "clients/cli/measure/measurement_table.h"
#include "clients/cli/units.h"
#include "clients/cli/warning_text.h"

namespace ipclab::cli {
namespace {

// The percentiles that are "-", with what they need: "p99.9 needs 2995 values and there are 300".
std::string SupportNote(const Measurement& each, const std::vector<double>& shown) {
  const Distribution& latency = each.latency;
  if (!latency.absent_reason.empty()) {
    return absl::StrCat("no latency: ", latency.absent_reason);
  }
  std::vector<std::string> missing;
  for (const double percent : shown) {
    if (!latency.empty() && !latency.Percentile(percent)) {
      missing.push_back(absl::StrCat("p", percent, " needs ", latency.NeededCount(percent)));
    }
  }
  if (missing.empty()) return "";
  return absl::StrCat(absl::StrJoin(missing, ", "), " values and there are ", latency.values.count);
}

std::string LossNote(const Measurement& each) {
  if (each.lost == 0 || !each.may_lose) return "";
  return absl::StrCat("of ", each.messages + each.lost, " messages, ", each.lost,
                      " lost, as this mechanism may");
}

// "trial 3: the control moved from 110 ns to 500 ns while it ran"; of many, the first few.
std::string LeftOutNote(const Measurement& each) {
  constexpr size_t kMostTold = 3;
  std::vector<std::string> reasons;
  for (const Trial& trial : each.runs) {
    if (trial.left_out.empty()) continue;
    reasons.push_back(absl::StrCat("trial ", trial.number, ": ", trial.left_out));
  }
  if (reasons.empty()) return "";
  const size_t count = reasons.size();
  if (count > kMostTold) {
    reasons.resize(kMostTold);
    reasons.push_back(absl::StrCat("and ", count - kMostTold, " more"));
  }
  return absl::StrCat(count, " of ", each.runs.size(),
                      count == 1 ? " trials is in no figure" : " trials are in no figure", " (",
                      absl::StrJoin(reasons, "; "), ")");
}

// All that is left out of many rows in one sentence; empty where each row can say it itself.
std::string LeftOutOfMany(const std::vector<Measurement>& measurements) {
  constexpr int kMostTold = 3;
  int rows = 0;
  int64_t trials = 0;
  for (const Measurement& each : measurements) {
    const int64_t left_out = std::ssize(each.runs) - each.trials;
    trials += left_out;
    rows += left_out > 0 ? 1 : 0;
  }
  if (rows <= kMostTold) return "";
  return absl::StrCat(trials, " trials of ", rows,
                      " rows are in no figure: the control moved by more than 25% while they ran, "
                      "or is not that of the row's other trials; --json says it of each");
}

std::string TrialsNote(const Measurement& each, int trials) {
  if (each.all_shifted) {
    return "the control moved by more than 25% in every trial: the figures are of no one state of "
           "this host, and are compared with nothing";
  }
  if (each.trials >= trials) return "";
  const bool ran_all = static_cast<int>(each.runs.size()) >= trials;
  if (!ran_all) return absl::StrCat("only ", each.trials, " of the trials done");
  return absl::StrCat("only ", each.trials, " of ", trials, " trials can be used, even though ",
                      each.runs.size(), " were run: the platform shifts too often");
}

// What is compared was not measured on the same platform.
std::string PlatformNote(const Measurement& each) {
  if (!each.comparison || !each.comparison->other_platform) return "";
  return absl::StrCat("the platform was not the same as for ", each.comparison->to,
                      ": their controls differ by more than 25%; compare x control");
}

// What differs from itself shows that nothing else can be told from figures so near.
std::string SteadinessNote(const Measurement& each) {
  constexpr double kSignificant = 0.05;
  if (!each.noise_floor || !each.noise_floor->lacking.empty() ||
      each.noise_floor->found.verdict == stats::Verdict::kTooFewTrials ||
      each.noise_floor->found.adjusted_p_value >= kSignificant) {
    return "";
  }
  return absl::StrCat("the platform is not steady: ", SubjectText(each.spec),
                      " against itself differs (p ",
                      absl::StrFormat("%.2g", each.noise_floor->found.adjusted_p_value),
                      "); measure again on a quieter host");
}

// A warning with where it was seen, in words: "..., "2 of 3 trials: worker 1 was found on CPU 0".
std::string SightingText(const Measurement& each, v1::Result::Warning warning) {
  const Sighting& sighting = each.sightings.at(warning);
  const std::string share = sighting.trials < each.trials
                                ? absl::StrCat(sighting.trials, " of ", each.trials, " trials")
                                : "";
  if (share.empty() || sighting.detail.empty()) return absl::StrCat(share, sighting.detail);
  return absl::StrCat(share, ": ", sighting.detail);
}

// Every remark once, with the rows that it is about, in the order in which they come.
class Remarks {
 public:
  explicit Remarks(const std::vector<Measurement>& measurements) : measurements_(measurements) {}

  // key: what remarks are the same by. seen, of the first row alone, is told behind it.
  void Add(const std::string& key, const Measurement& each, const std::string& seen = "",
           const std::string& advice = "") {
    if (key.empty()) return;
    const auto [remark, is_new] = remarks_.insert({key, {}});
    if (is_new) order_.push_back(key);
    remark->second.rows.push_back(RowName(measurements_, each));
    if (remark->second.seen.empty()) remark->second.seen = seen;
    remark->second.advice = advice;
  }

  // Of no row in particular.
  void AddOfAll(const std::string& key) {
    if (!key.empty() && remarks_.insert({key, {}}).second) order_.push_back(key);
  }

  std::string Text(const Terminal& terminal) const {
    std::string text;
    for (const std::string& key : order_) {
      std::string paragraph =
          Paragraph("! ", "  ", Line(key, remarks_.at(key)), ProseWidth(terminal));
      paragraph.pop_back();  // so that the colour ends on its line
      absl::StrAppend(&text, terminal.Paint(Tone::kWarning, paragraph), "\n");
    }
    return text;
  }

 private:
  struct Remark {
    std::vector<std::string> rows;
    std::string seen;
    std::string advice;
  };

  std::string Line(const std::string& key, const Remark& remark) const {
    constexpr size_t kMostNamed = 6;
    std::string rows;
    if (remark.rows.empty()) return key;
    if (measurements_.size() > 1 && remark.rows.size() == measurements_.size()) {
      rows = "all: ";
    } else if (measurements_.size() > 1 && remark.rows.size() > kMostNamed) {
      const auto end = remark.rows.begin() + kMostNamed;
      rows = absl::StrCat(absl::StrJoin(remark.rows.begin(), end, ", "), " and ",
                          remark.rows.size() - kMostNamed, " more: ");
    } else if (measurements_.size() > 1) {
      rows = absl::StrCat(absl::StrJoin(remark.rows, ", "), ": ");
    }
    return absl::StrCat(rows, key, remark.seen.empty() ? "" : absl::StrCat(" (", remark.seen, ")"),
                        remark.advice.empty() ? "" : absl::StrCat("; ", remark.advice));
  }

  const std::vector<Measurement>& measurements_;
  std::vector<std::string> order_;
  std::map<std::string, Remark> remarks_;
};

}  // namespace

std::string MeasurementNotes(const std::vector<Measurement>& measurements, int trials,
                             const Terminal& terminal) {
  Remarks remarks(measurements);
  const std::vector<double> shown = ShownPercentiles(measurements);
  const std::string left_out = LeftOutOfMany(measurements);
  remarks.AddOfAll(left_out);
  for (const Measurement& each : measurements) {
    if (!HasFigures(each)) continue;
    if (each.failure) remarks.Add(each.failure->message, each);
    remarks.Add(TrialsNote(each, trials), each);
    if (left_out.empty()) remarks.Add(LeftOutNote(each), each);
    remarks.Add(LossNote(each), each);
    remarks.Add(SupportNote(each, shown), each);
    remarks.Add(PlatformNote(each), each);
    remarks.Add(SteadinessNote(each), each);
    if (each.batch > 1) {
      remarks.Add(absl::StrCat("percentiles are of means of ", each.batch,
                               " that were timed together, as the clock costs too much beside one"),
                  each);
    }
    for (const v1::Result::Warning warning : each.warnings) {
      if (warning == v1::Result::PLATFORM_SHIFTED && each.all_shifted) continue;  // said above
      // A sweep is meant to go beyond what holds.
      const bool meant = warning == v1::Result::BEHIND_SCHEDULE && LoadsVary(measurements);
      remarks.Add(WarningText(warning), each, SightingText(each, warning),
                  meant ? "" : WarningAdvice(warning));
    }
  }
  return remarks.Text(terminal);
}

}  // namespace ipclab::cli
