#include "common/program/schedule.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/program/apply.h"
#include "common/program/words.h"

namespace ipclab {
namespace {

absl::Status CheckSignal(const Program& program, const int64_t* state, const Choose& choice) {
  const std::string worker = LetterOf(choice.worker);
  const Operation next = Announce(program, state, choice.worker);
  if (next.op != Op::kSignal) {
    return absl::InvalidArgumentError(absl::StrCat(worker, " wakes nobody: its next operation is ",
                                                   OperationText(program, next)));
  }
  const State words(program, const_cast<int64_t*>(state));
  const auto& queue = *reinterpret_cast<const WaiterQueue*>(words.object(next.object));
  std::string waiting;
  for (int i = 0; i < queue.count; ++i) {
    if (queue.at(i) == choice.wakes) return absl::OkStatus();
    absl::StrAppend(&waiting, waiting.empty() ? "" : ", ", LetterOf(queue.at(i)));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      worker, " cannot wake ", LetterOf(choice.wakes), ", which does not sleep on ",
      program.objects[next.object].name, "; who does: ", waiting.empty() ? "nobody" : waiting));
}

// Whether each step was a preemption: another worker went on though the last one could.
std::vector<bool> PreemptionsOf(const Program& program, const std::vector<Choose>& steps) {
  std::vector<bool> preemptions(steps.size(), false);
  std::vector<int64_t> state(program.state_words);
  BeginProgram(program, state.data(), nullptr);
  int64_t instructions = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    const auto number = static_cast<int64_t>(i) + 1;
    if (!CheckStep(program, state.data(), steps[i], number, instructions).ok()) break;
    preemptions[i] = i > 0 && steps[i].worker != steps[i - 1].worker &&
                     ReadinessOf(program, state.data(), steps[i - 1].worker) == Readiness::kReady;
    instructions +=
        Apply(program, state.data(), steps[i].worker, steps[i].wakes, nullptr).instructions;
  }
  return preemptions;
}

}  // namespace

std::string FormatItems(const Program& program, const std::vector<Choose>& steps) {
  const std::vector<bool> preemptions = PreemptionsOf(program, steps);
  std::string items;
  for (size_t i = 0; i < steps.size();) {
    size_t end = i + 1;
    if (steps[i].wakes < 0) {
      while (end < steps.size() && steps[end] == steps[i]) ++end;
    }
    absl::StrAppend(&items, i == 0 ? "" : " ", LetterOf(steps[i].worker));
    if (steps[i].wakes >= 0) absl::StrAppend(&items, ">", LetterOf(steps[i].wakes));
    if (end - i > 1) absl::StrAppend(&items, end - i);
    if (end < steps.size() && preemptions[end]) items += '!';
    i = end;
  }
  return items;
}

std::string FormatSchedule(const Program& program, const std::vector<Choose>& steps) {
  std::string line = program.name;
  if (!program.variant.empty()) absl::StrAppend(&line, " ", program.variant);
  for (const Parameter& parameter : program.parameters) {
    for (const Parameter& declared : program.text.parameters) {
      if (declared.name != parameter.name || declared.value == parameter.value) continue;
      absl::StrAppend(&line, " ", parameter.name, "=", parameter.value);
    }
  }
  absl::StrAppend(&line, " @", HashText(program), " :");
  if (!steps.empty()) absl::StrAppend(&line, " ", FormatItems(program, steps));
  return line;
}

int64_t CountPreemptions(const Program& program, const std::vector<Choose>& steps) {
  int64_t count = 0;
  for (const bool preemption : PreemptionsOf(program, steps)) count += preemption;
  return count;
}

absl::Status CheckChoice(const Program& program, const int64_t* state, const Choose& choice) {
  const int workers = static_cast<int>(program.workers.size());
  if (choice.worker < 0 || choice.worker >= workers) {
    return absl::InvalidArgumentError(absl::StrCat("there is no worker ", LetterOf(choice.worker),
                                                   ": the last one is ", LetterOf(workers - 1)));
  }
  const Readiness readiness = ReadinessOf(program, state, choice.worker);
  if (readiness != Readiness::kReady) {
    return absl::InvalidArgumentError(absl::StrCat(LetterOf(choice.worker), " cannot go on: it ",
                                                   ObstacleOf(program, state, choice.worker).text));
  }
  return choice.wakes < 0 ? absl::OkStatus() : CheckSignal(program, state, choice);
}

absl::Status CheckStep(const Program& program, const int64_t* state, const Choose& choice,
                       int64_t number, int64_t instructions) {
  if (instructions >= ProgramLimits::kCourseInstructions) {
    return absl::InvalidArgumentError(absl::StrCat(
        "step ", number, ": the steps before it run through ", instructions,
        " instructions of local code and `always`, at most ", ProgramLimits::kCourseInstructions,
        " are made again: end the schedule before it, or shorten the loops between operations"));
  }
  const absl::Status possible = CheckChoice(program, state, choice);
  if (possible.ok()) return possible;
  return absl::InvalidArgumentError(absl::StrCat("step ", number, ": ", possible.message()));
}

absl::Status Follow(const Program& program, const std::vector<Choose>& steps, int64_t* state) {
  BeginProgram(program, state, nullptr);
  int64_t instructions = 0;
  int64_t number = 0;
  for (const Choose& step : steps) {
    absl::Status possible = CheckStep(program, state, step, ++number, instructions);
    if (!possible.ok()) return possible;
    instructions += Apply(program, state, step.worker, step.wakes, nullptr).instructions;
  }
  return absl::OkStatus();
}

}  // namespace ipclab
