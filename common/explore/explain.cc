#include "common/explore/explain.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/explore/course.h"
#include "common/explore/dependency_table.h"
#include "common/explore/flips.h"
#include "common/explore/nearest_pass.h"
#include "common/explore/step_words.h"
#include "common/program/apply.h"
#include "common/program/words.h"

namespace ipclab {
namespace {

// Of what is made for an explanation: it takes some tenths of a second at most.
constexpr int64_t kMostWork = 2'000'000;
constexpr size_t kMostCourseSteps = 10'000;  // of one course
constexpr size_t kMostEarlier = 64;
constexpr size_t kMostSecondEdits = 64;
constexpr size_t kMostWaitsTold = 4;

// How near a course is to the failing one, and how much it tells: the least comes first.
using Distance = std::tuple<bool, int64_t, int64_t>;

bool IsPassage(const CourseStep& step) {
  return step.operation.op == Op::kEnter || step.operation.op == Op::kLeave;
}

// That two were inside at once is no reason, but what is to be explained. And what comes behind a
// failure has no part in it, but for what cannot come because of it.
bool IsSymptom(const Program& program, const FlippedPair& pair, const Course& failing) {
  if (IsPassage(pair.first) && IsPassage(pair.second)) return true;
  const int worker = pair.second.choice.worker;
  return !pair.is_made && ReadinessOf(program, failing.state.data(), worker) != Readiness::kBlocked;
}

// Looks for the nearest course that passes.
class Neighbourhood {
 public:
  Neighbourhood(const Program& program, DependencyTable& table, const Course& failing)
      : program_(program), table_(table), failing_(failing) {}

  // One edit; two where that does not do.
  void Search() {
    Surround(failing_.Choices());
    std::stable_sort(others_.begin(), others_.end(),
                     [](const Other& a, const Other& b) { return a.distance < b.distance; });
    const std::vector<Other> others = std::move(others_);
    for (size_t i = 0; i < std::min(others.size(), kMostSecondEdits) && !does(); ++i) {
      Surround(others[i].steps);
    }
  }

  void Offer(Course course) {
    const Flips flips = FlipsBetween(table_, failing_, course);
    work_ += static_cast<int64_t>(failing_.steps.size() * course.steps.size() / 8);
    const bool is_symptom = flips.earliest && IsSymptom(program_, *flips.earliest, failing_);
    const Distance distance{is_symptom, flips.dependent, flips.all};
    if (!course.passes()) {
      others_.push_back({course.Choices(), distance});
    } else if (!passing_ || distance < distance_) {
      passing_ = std::move(course);
      distance_ = distance;
      flips_ = flips;
    }
  }

  const std::optional<Course>& passing() const { return passing_; }
  const Flips& flips() const { return flips_; }

 private:
  struct Other {
    std::vector<Choose> steps;
    Distance distance;
  };

  bool does() const { return passing_ && !std::get<0>(distance_); }
  bool work_is_left() const { return work_ < kMostWork; }

  // All courses that one edit of these steps makes, the last steps first.
  void Surround(const std::vector<Choose>& steps) {
    const int workers = static_cast<int>(program_.workers.size());
    for (size_t at = steps.size() + 1; at-- > 0 && work_is_left();) {
      for (int worker = 0; worker < workers; ++worker) {
        if (at == steps.size() || worker != steps[at].worker) MakeEarlier(steps, at, worker);
      }
      if (at == steps.size()) continue;
      MakeLater(steps, at);
      for (int woken = 0; steps[at].wakes >= 0 && woken < workers; ++woken) {
        if (woken == steps[at].wakes) continue;
        Make(steps, {.kind = Edit::Kind::kWakes, .at = at, .worker = woken});
      }
    }
  }

  void MakeEarlier(const std::vector<Choose>& steps, size_t at, int worker) {
    size_t made = 0;
    for (size_t count = 1; count <= kMostEarlier && work_is_left(); ++count) {
      const Course course =
          MakeEdited(program_, table_, steps,
                     {.kind = Edit::Kind::kEarlier, .at = at, .worker = worker, .count = count},
                     kMostCourseSteps);
      size_t longer = 0;
      while (at + longer < course.steps.size() && longer < count &&
             course.steps[at + longer].choice.worker == worker) {
        ++longer;
      }
      Note(course);
      if (longer <= made) return;  // it can go no further
      made = longer;
    }
  }

  void MakeLater(const std::vector<Choose>& steps, size_t at) {
    const int worker = steps[at].worker;
    Edit edit{.kind = Edit::Kind::kLater, .at = at, .worker = worker};
    for (size_t until = at + 1; until <= steps.size() && work_is_left(); ++until) {
      edit.until = until;
      if (steps[until - 1].worker != worker) Make(steps, edit);
    }
    edit.until = Edit::kNever;
    Make(steps, edit);
  }

  void Make(const std::vector<Choose>& steps, const Edit& edit) {
    Note(MakeEdited(program_, table_, steps, edit, kMostCourseSteps));
  }

  void Note(Course course) {
    work_ += static_cast<int64_t>(course.steps.size());
    std::string key;
    for (const CourseStep& step : course.steps) {
      key.push_back(static_cast<char>('A' + step.choice.worker));
      if (step.choice.wakes >= 0) key.push_back(static_cast<char>('a' + step.choice.wakes));
    }
    if (known_.insert(std::move(key)).second) Offer(std::move(course));
  }

  const Program& program_;
  DependencyTable& table_;
  const Course& failing_;
  int64_t work_ = 0;
  std::set<std::string> known_;  // by who made their steps
  std::optional<Course> passing_;
  Distance distance_;
  Flips flips_;
  std::vector<Other> others_;
};

ExplainedStep Explained(const Program& program, const CourseStep& step) {
  return {step.choice.worker, step.number, OperationText(program, step.operation), step.pc};
}

const char* Ordinal(int number) {
  static constexpr const char* kEnds[] = {"th", "st", "nd", "rd"};
  const int last = number % 100 / 10 == 1 ? 0 : number % 10;
  return kEnds[last > 3 ? 0 : last];
}

// The line of a step; where its worker does the same again and again, which time it is.
std::string WhereText(const Program& program, const CourseStep& step, const Course& failing,
                      const Course& passing) {
  int time = 0;
  int times = 0;
  for (const Course* course : {&failing, &passing}) {
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
std::string OrderText(const Program& program, const FlippedPair& pair, const Course& failing,
                      const Course& passing) {
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
const CourseStep* OtherWoken(const Course& failing, const Course& passing) {
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
                     const std::optional<FlippedPair>& pair, const Course& failing,
                     const Course& passing) {
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
  const Course course = MakeCourse(program, table, failing);
  Explanation explanation;
  explanation.check = FailureText(program, course.state.data());
  if (!course.failed()) {
    explanation.sentence = "The program does not fail with this schedule.";
    return explanation;
  }
  if (course.fault == FailureKind::kDeadlock) {
    explanation.waits = WaitsOf(program, course.state.data());
  }
  Neighbourhood neighbourhood(program, table, course);
  neighbourhood.Search();
  bool is_certain = false;
  if (!neighbourhood.passing()) {
    const NearestPass nearest = FindNearestPass(program, course.Choices());
    if (nearest.steps) neighbourhood.Offer(MakeCourse(program, table, *nearest.steps));
    is_certain = nearest.complete;
  }
  if (!neighbourhood.passing()) {
    explanation.sentence =
        absl::StrCat(is_certain ? "Every schedule fails" : "Every schedule tried fails",
                     ", whatever the order of the steps: ", explanation.check, ".");
    return explanation;
  }
  const Course& passing = *neighbourhood.passing();
  explanation.passing = passing.Choices();
  const std::optional<FlippedPair>& pair = neighbourhood.flips().earliest;
  if (pair) {
    explanation.first = Explained(program, pair->first);
    explanation.second = Explained(program, pair->second);
  }
  explanation.sentence = Sentence(program, explanation, pair, course, passing);
  return explanation;
}

}  // namespace ipclab
