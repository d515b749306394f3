#include "server/explore/verdict.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace ipclab {
namespace {

std::string Counted(const std::string& number, const std::string& one) {
  return absl::StrCat(number, " ", one, number == "1" ? "" : "s");
}

std::string Preemptions(int count) {
  return count == 0 ? "no preemption" : Counted(absl::StrCat(count), "preemption");
}

// "4 of them fail", of some that were named before.
std::string HowManyFail(const Exploration& result) {
  if (result.failing == 0) return "none of them fails";
  if (result.failing == result.schedules) return "all of them fail";
  return absl::StrCat(CountText(result.failing), " of them ",
                      result.failing == 1 ? "fails" : "fail");
}

// Of what was not counted one by one.
bool AnyFails(const Exploration& result) {
  return result.found || std::ranges::any_of(result.outcomes, &OutcomeTally::failing);
}

std::string WhoExecuted(const ExplorePlan& plan) {
  return plan.real() ? "executed on processes" : "executed by the model";
}

// What was cut short was not seen to its end.
std::string CutShort(const ExplorePlan& plan, const Exploration& result) {
  if (result.truncated == 0) return "";
  return absl::StrCat("; ", Counted(absl::StrCat(result.truncated), "run"), " ",
                      result.truncated == 1 ? "was" : "were", " cut off after ",
                      plan.options.max_steps, " steps, and how they would go on is not known");
}

std::string OfFind(const ExplorePlan& plan, const Exploration& result) {
  if (result.found) {
    const int least = result.least_preemptions.value_or(0);
    if (least == 0) return "A schedule without any preemption fails";
    return absl::StrCat("A schedule with ", Preemptions(least), " fails; none with fewer does");
  }
  const std::string looked = Counted(CountText(result.schedules), "schedule");
  if (!result.complete) {
    return absl::StrCat(
        "Stopped at ", result.stopped_at, ": none of the ", looked, " that were looked at fails",
        result.bound
            ? absl::StrCat(", all with at most ", Preemptions(*result.bound), " among them")
            : "",
        "; of the others nothing is known");
  }
  if (result.exhausted) {
    return absl::StrCat("No schedule fails: all ", looked, " were ", WhoExecuted(plan));
  }
  return absl::StrCat("No schedule with at most ",
                      Preemptions(result.bound.value_or(plan.options.max_preemptions)),
                      " fails; with more there may be one that does");
}

std::string OfCycles(const ExplorePlan&, const Exploration& result) {
  return absl::StrCat("All ", result.states,
                      " states were seen; a course can come back to where it was, so there are "
                      "infinitely many schedules, and ",
                      AnyFails(result) ? "some of them fail" : "none of them fails");
}

std::string OfStates(const ExplorePlan& plan, const Exploration& result) {
  if (result.cyclic) return OfCycles(plan, result);
  const std::string seen =
      absl::StrCat("All ", Counted(absl::StrCat(result.states), "state"), " were seen: ");
  if (result.overflow) {
    return absl::StrCat(seen, "there are more schedules than can be counted, and ",
                        AnyFails(result) ? "some of them fail" : "none of them fails");
  }
  if (result.schedules == 1) {
    return absl::StrCat(seen, "there is one schedule, which ",
                        result.failing == 0 ? "does not fail" : "fails");
  }
  if (result.failing == 0) {
    return absl::StrCat(seen, "none of the ", CountText(result.schedules), " schedules fails");
  }
  return absl::StrCat(seen, "of ", Counted(CountText(result.schedules), "schedule"), " ",
                      result.failing == result.schedules ? "all" : CountText(result.failing),
                      result.failing == 1 ? " fails" : " fail");
}

std::string OfCount(const ExplorePlan& plan, const Exploration& result) {
  const std::string looked = Counted(CountText(result.schedules), "schedule");
  const bool counted = plan.options.reduction != Reduction::kDpor && !result.overflow;
  if (!result.complete) {
    if (plan.options.reduction == Reduction::kStates) {
      return absl::StrCat("Stopped at ", result.stopped_at, ": of the ", result.states,
                          " states that were seen ",
                          AnyFails(result) ? "some are on schedules that fail"
                                           : "none is on a schedule that is known to fail",
                          "; of the others nothing is known");
    }
    return absl::StrCat(
        "Stopped at ", result.stopped_at, ": of the ", looked, " that were ", WhoExecuted(plan),
        " ",
        counted ? absl::StrCat(CountText(result.failing), result.failing == 1 ? " fails" : " fail")
                : (AnyFails(result) ? "some fail" : "none fails"),
        "; of the others nothing is known");
  }
  if (plan.options.reduction == Reduction::kStates) return OfStates(plan, result);
  if (plan.options.reduction == Reduction::kDpor) {
    return absl::StrCat(Counted(CountText(result.schedules), "schedule"), " were ",
                        WhoExecuted(plan), " in place of all, and every outcome is among them: ",
                        AnyFails(result) ? "the program can fail" : "the program cannot fail");
  }
  return absl::StrCat("All ", looked, " were ", WhoExecuted(plan), "; ", HowManyFail(result));
}

std::string OfSample(const ExplorePlan& plan, const Exploration& result, int64_t longest) {
  const std::string drawn =
      absl::StrCat(Counted(absl::StrCat(result.runs), "schedule"), " drawn by lot");
  const std::string head =
      result.complete ? "" : absl::StrCat("Stopped at ", result.stopped_at, ": ");
  if (AnyFails(result)) {
    return absl::StrCat(head, CountText(result.failing), " of ", drawn,
                        result.failing == 1 ? " fails" : " fail");
  }
  const std::string none =
      absl::StrCat(head, head.empty() ? "None of " : "none of ", drawn, " fails");
  if (const auto missed = MissProbability(plan, result, longest)) {
    return absl::StrCat(none, "; a bug of depth ", plan.options.depth,
                        " would have been missed with a probability of at most ",
                        absl::StrFormat("%.3g", *missed));
  }
  return absl::StrCat(none, "; of those that were not drawn nothing is known");
}

}  // namespace

std::string VerdictOf(const ExplorePlan& plan, const Exploration& result, int64_t longest) {
  std::string verdict;
  if (plan.options.mode == SearchMode::kFind) verdict = OfFind(plan, result);
  if (plan.options.mode == SearchMode::kCount) verdict = OfCount(plan, result);
  if (plan.options.mode == SearchMode::kSample) verdict = OfSample(plan, result, longest);
  return absl::StrCat(verdict, CutShort(plan, result), ".");
}

std::optional<double> MissProbability(const ExplorePlan& plan, const Exploration& result,
                                      int64_t longest) {
  const bool pct =
      plan.options.mode == SearchMode::kSample && plan.options.sampler == Sampler::kPct;
  if (!pct || AnyFails(result) || result.truncated > 0 || result.runs == 0) {
    return std::nullopt;
  }
  // Burckhardt et al., "A randomized scheduler with probabilistic guarantees of finding bugs":
  // each run finds it with at least 1 / (n k^(d-1)).
  const double workers = static_cast<double>(plan.program->program.workers.size());
  const double steps = static_cast<double>(std::max<int64_t>(longest, 1));
  const double hit = 1 / (workers * std::pow(steps, plan.options.depth - 1));
  return std::exp(static_cast<double>(result.runs) * std::log1p(-std::min(hit, 1.0)));
}

}  // namespace ipclab
