#include "common/explore/explain.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/explore/dependency_table.h"
#include "common/explore/flips.h"
#include "common/explore/nearest_pass.h"
#include "common/explore/neighbourhood.h"
#include "common/explore/step_words.h"
#include "common/explore/trail.h"
#include "common/program/apply.h"
#include "common/program/words.h"

namespace ipclab {
namespace {

constexpr size_t kMostWaitsTold = 4;

ExplainedStep Explained(const Program& program, const CourseStep& step) {
  return {step.choice.worker, step.number, OperationText(program, step.operation), step.pc};
}

const char* Ordinal(int number) {
  static constexpr const char* kEnds[] = {"th", "st", "nd", "rd"};
  const int last = number % 100 / 10 == 1 ? 0 : number % 10;
  return kEnds[last > 3 ? 0 : last];
}

// The line of a step; where its worker does the same again and again, which time it is.
std::string WhereText(const Program& program, const CourseStep& step, const Trail& failing,
                      const Trail& passing) {
  int time = 0;
  int times = 0;
  for (const Trail* course : {&failing, &passing}) {
    int there = 0;
    int so_far = 0;
    for (const CourseStep& each : course->steps) {
      if (each.choice.worker != step.choice.worker || each.pc != step.pc) continue;
      if (each.operation.phase != step.operation.phase) continue;
      ++there;
      so_far += each.number <= step.number;
    }
    times = std::max(times, there);
    time = std::max(time, so_far);
  }
  std::string text = absl::StrCat("line ", program.code[step.pc].span.line);
  if (times > 1) absl::StrAppend(&text, ", the ", time, Ordinal(time), " time");
  return text;
}

// "B reads counter (line 22) before A writes it (line 22)."
std::string OrderText(const Program& program, const FlippedPair& pair, const Trail& failing,
                      const Trail& passing) {
  const std::string thing = ThingText(program, pair.first.operation);
  const std::string other = ThingText(program, pair.second.operation);
  const bool is_same = !thing.empty() && thing == other;
  return absl::StrCat(
      LetterOf(pair.first.choice.worker), " ", DeedText(program, pair.first.operation, thing, true),
      " (", WhereText(program, pair.first, failing, passing), ") before ",
      LetterOf(pair.second.choice.worker), pair.is_made ? " " : " can ",
      DeedText(program, pair.second.operation, is_same ? "it" : other, pair.is_made), " (",
      WhereText(program, pair.second, failing, passing), ").");
}

// Where all that two courses have not in common begins with whom a signal wakes: that step of the
// failing one. Null where it does not.
const CourseStep* OtherWoken(const Trail& failing, const Trail& passing) {
  for (size_t i = 0; i < std::min(failing.steps.size(), passing.steps.size()); ++i) {
    const Choose& choice = failing.steps[i].choice;
    if (choice == passing.steps[i].choice) continue;
    const CourseStep& other = passing.steps[i];
    const bool is_other =
        choice.worker == other.choice.worker && failing.steps[i].woke != other.woke;
    return is_other ? &failing.steps[i] : nullptr;
  }
  return nullptr;
}

std::string WaitsText(const std::vector<std::string>& waits) {
  const size_t told = waits.size() <= kMostWaitsTold ? waits.size() : kMostWaitsTold - 1;
  std::string text =
      absl::StrJoin(waits.begin(), waits.begin() + static_cast<ptrdiff_t>(told), "; ");
  if (told < waits.size()) absl::StrAppend(&text, "; ", waits.size() - told, " others wait too");
  return absl::StrCat(" ", text, ".");
}

std::string Sentence(const Program& program, const Explanation& explanation,
                     const std::optional<FlippedPair>& pair, const Trail& failing,
                     const Trail& passing) {
  const std::string waits = explanation.waits.empty() ? "" : WaitsText(explanation.waits);
  if (const CourseStep* const signal = OtherWoken(failing, passing)) {
    const auto place = static_cast<size_t>(signal - failing.steps.data());
    const std::string signals =
        DeedText(program, signal->operation, ThingText(program, signal->operation), true);
    return absl::StrCat(LetterOf(signal->choice.worker), " ", signals, " (",
                        WhereText(program, *signal, failing, passing), ") and wakes ",
                        LetterOf(signal->woke), ".", waits, " When ",
                        LetterOf(passing.steps[place].woke), " is woken, the program passes.");
  }
  if (!pair) return absl::StrCat("With other steps the program passes.", waits);
  const Operation& second = pair->second.operation;
  return absl::StrCat(OrderText(program, *pair, failing, passing), waits, " When ",
                      LetterOf(pair->second.choice.worker), " ",
                      DeedText(program, second, ThingText(program, second), true),
                      " first, the program passes.");
}

}  // namespace

Explanation Explain(const Program& program, const std::vector<Choose>& failing) {
  DependencyTable table(program);
  const Trail course = MakeCourse(program, table, failing);
  Explanation explanation;
  explanation.check = FailureText(program, course.state.data());
  if (!course.failed()) {
    explanation.sentence = "The program does not fail with this schedule.";
    return explanation;
  }
  if (course.fault == FailureKind::kDeadlock) {
    explanation.waits = WaitsOf(program, course.state.data());
  }
  std::optional<Neighbour> nearest = FindNeighbour(program, table, course);
  bool is_certain = false;
  if (!nearest) {
    const NearestPass pass = FindNearestPass(program, course.Choices());
    is_certain = pass.complete;
    if (pass.steps) {
      nearest = {MakeCourse(program, table, *pass.steps), {}};
      nearest->flips = FlipsBetween(table, course, nearest->course);
    }
  }
  if (!nearest) {
    explanation.sentence =
        absl::StrCat(is_certain ? "Every schedule fails" : "Every schedule tried fails",
                     ", whatever the order of the steps: ", explanation.check, ".");
    return explanation;
  }
  const Trail& passing = nearest->course;
  explanation.passing = passing.Choices();
  const std::optional<FlippedPair>& pair = nearest->flips.earliest;
  if (pair) {
    explanation.first = Explained(program, pair->first);
    explanation.second = Explained(program, pair->second);
  }
  explanation.sentence = Sentence(program, explanation, pair, course, passing);
  return explanation;
}

}  // namespace ipclab
