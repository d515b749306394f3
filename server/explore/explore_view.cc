#include "server/explore/explore_view.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/explore/explain.h"
#include "common/explore/shrink.h"
#include "common/program/apply.h"
#include "common/program/state.h"
#include "common/program/words.h"
#include "server/explore/verdict.h"
#include "server/program/view.h"

namespace ipclab {
namespace {

// A client takes 4 MiB unless it asks for more.
constexpr size_t kOutcomeBytes = 1 << 20;

// True where each schedule was counted, and there was room for the number. Over a graph of states
// that is at the end alone.
bool IsCounted(const ExplorePlan& plan, const Exploration& result) {
  if (result.cyclic || result.overflow) return false;
  if (plan.options.mode != SearchMode::kCount) return true;
  return plan.options.reduction == Reduction::kNone ||
         (plan.options.reduction == Reduction::kStates && result.complete);
}

v1::ExplainedStep StepInWords(const Program& program, const ExplainedStep& step) {
  v1::ExplainedStep message;
  message.set_worker(LetterOf(step.worker));
  message.set_number(step.number);
  message.set_operation(step.operation);
  *message.mutable_span() = ToProto(program.code[static_cast<size_t>(step.pc)].span);
  return message;
}

// The items alone, without "!": where a loop begins anew says nothing of preemptions.
std::string ItemsOf(const std::vector<Choose>& steps) {
  std::string items;
  for (size_t i = 0; i < steps.size();) {
    size_t end = i + 1;
    while (end < steps.size() && steps[end] == steps[i] && steps[i].wakes < 0) ++end;
    absl::StrAppend(&items, items.empty() ? "" : " ", LetterOf(steps[i].worker));
    if (steps[i].wakes >= 0) absl::StrAppend(&items, ">", LetterOf(steps[i].wakes));
    if (end - i > 1) absl::StrAppend(&items, end - i);
    i = end;
  }
  return items;
}

}  // namespace

std::optional<std::vector<Choose>> UpToFailure(const Program& program,
                                               const std::vector<Choose>& steps) {
  std::vector<int64_t> words(static_cast<size_t>(program.state_words));
  BeginProgram(program, words.data(), nullptr);
  const State state(program, words.data());
  for (size_t i = 0;; ++i) {
    if (state.failure().kind != FailureKind::kNone) {
      return std::vector(steps.begin(), steps.begin() + static_cast<ptrdiff_t>(i));
    }
    if (i == steps.size()) return std::nullopt;
    Apply(program, words.data(), steps[i].worker, steps[i].wakes, nullptr);
  }
}

std::string CheckThatFails(const Program& program, const std::vector<Choose>& steps) {
  std::vector<int64_t> words(static_cast<size_t>(program.state_words));
  BeginProgram(program, words.data(), nullptr);
  for (const Choose& step : steps) Apply(program, words.data(), step.worker, step.wakes, nullptr);
  return FailureText(program, words.data());
}

v1::ExploreFinding FindingOf(const Program& program, const std::vector<Choose>& found) {
  const Shrunk shrunk = Shrink(program, found);
  const Explanation explanation = Explain(program, shrunk.steps);
  v1::ExploreFinding finding;
  finding.set_schedule(FormatSchedule(program, shrunk.steps));
  finding.set_check(explanation.check);
  finding.set_explanation(explanation.sentence);
  finding.set_found_schedule(FormatSchedule(program, found));
  finding.set_preemptions(static_cast<int32_t>(shrunk.preemptions));
  finding.set_shortest(shrunk.least);
  *finding.mutable_details() = ToProto(program, explanation);
  return finding;
}

v1::ScheduleExplanation ToProto(const Program& program, const Explanation& explanation) {
  v1::ScheduleExplanation message;
  message.set_sentence(explanation.sentence);
  if (explanation.first) *message.mutable_first() = StepInWords(program, *explanation.first);
  if (explanation.second) *message.mutable_second() = StepInWords(program, *explanation.second);
  if (!explanation.passing.empty()) {
    message.set_passing_schedule(FormatSchedule(program, explanation.passing));
  }
  for (const std::string& wait : explanation.waits) message.add_waits(wait);
  return message;
}

int64_t AddOutcomes(const ExplorePlan& plan, const Exploration& result,
                    google::protobuf::RepeatedPtrField<v1::ExploreOutcome>& outcomes) {
  const bool counted = IsCounted(plan, result);
  size_t bytes = 0;
  for (const OutcomeTally& each : result.outcomes) {
    v1::ExploreOutcome outcome;
    outcome.set_outcome(each.outcome);
    if (counted) outcome.set_schedules(CountText(each.schedules));
    outcome.set_failing(each.failing);
    outcome.set_deadlocked(each.deadlocked);
    bytes += outcome.ByteSizeLong();
    if (bytes > kOutcomeBytes) break;
    *outcomes.Add() = std::move(outcome);
  }
  return static_cast<int64_t>(result.outcomes.size()) - outcomes.size();
}

v1::Exploration ToProto(const ExplorePlan& plan, const Exploration& result, int64_t longest) {
  const Program& program = plan.program->program;
  v1::Exploration message;
  message.set_program(program.name);
  message.set_variant(program.variant);
  message.set_hash(HashText(program));
  message.set_mode(plan.request.mode());
  message.set_engine(plan.request.engine());
  message.set_reduction(plan.request.reduction());
  message.set_sampler(plan.request.sampler());
  if (plan.request.has_seed()) message.set_seed(plan.request.seed());
  message.set_complete(result.complete);
  message.set_stopped_at(result.stopped_at);
  message.set_verdict(VerdictOf(plan, result, longest));
  if (IsCounted(plan, result)) {
    message.set_schedules(CountText(result.schedules));
    message.set_failing(CountText(result.failing));
    message.set_deadlocked(CountText(result.deadlocked));
  }
  message.set_cyclic(result.cyclic);
  message.set_states(result.states);
  message.set_runs(result.runs);
  message.set_steps(result.steps);
  message.set_truncated(result.truncated);
  if (result.least_preemptions) message.set_min_preemptions(*result.least_preemptions);
  if (result.bound) message.set_bound(*result.bound);
  message.set_outcomes_left_out(AddOutcomes(plan, result, *message.mutable_outcomes()));
  if (result.livelock) {
    message.mutable_livelock()->set_stem(FormatSchedule(program, result.livelock->stem));
    message.mutable_livelock()->set_loop(ItemsOf(result.livelock->loop));
  }
  if (const auto missed = MissProbability(plan, result, longest)) {
    message.set_miss_probability(*missed);
  }
  return message;
}

}  // namespace ipclab
