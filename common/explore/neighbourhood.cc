#include "common/explore/neighbourhood.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "common/program/apply.h"

namespace ipclab {
namespace {

// Of what is made around one schedule: it takes some tenths of a second at most.
constexpr int64_t kMostWork = 2'000'000;
constexpr size_t kMostCourseSteps = 10'000;
constexpr size_t kMostEarlier = 64;
constexpr size_t kMostSecondEdits = 64;

// How near a course is to the failing one, and how much it tells: the least comes first.
using Distance = std::tuple<bool, int64_t, int64_t>;

bool IsPassage(const CourseStep& step) {
  return step.operation.op == Op::kEnter || step.operation.op == Op::kLeave;
}

// That two were inside at once is no reason, but what is to be explained. And what comes behind a
// failure has no part in it, but for what cannot come because of it.
bool IsSymptom(const Program& program, const FlippedPair& pair, const Trail& failing) {
  if (IsPassage(pair.first) && IsPassage(pair.second)) return true;
  const int worker = pair.second.choice.worker;
  return !pair.is_made && ReadinessOf(program, failing.state.data(), worker) != Readiness::kBlocked;
}

// Looks for the nearest course that passes.
class Neighbourhood {
 public:
  Neighbourhood(const Program& program, DependencyTable& table, const Trail& failing)
      : program_(program), table_(table), failing_(failing) {}

  // One edit; two where that does not do.
  std::optional<Neighbour> Find() {
    Surround(failing_.Choices());
    std::stable_sort(others_.begin(), others_.end(),
                     [](const Other& a, const Other& b) { return a.distance < b.distance; });
    const std::vector<Other> others = std::move(others_);
    for (size_t i = 0; i < std::min(others.size(), kMostSecondEdits) && !does(); ++i) {
      Surround(others[i].steps);
    }
    return std::move(nearest_);
  }

 private:
  struct Other {
    std::vector<Choose> steps;
    Distance distance;
  };

  bool does() const { return nearest_ && !std::get<0>(distance_); }
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
      const Trail course =
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

  void Note(Trail course) {
    work_ += static_cast<int64_t>(course.steps.size());
    std::string key;
    for (const CourseStep& step : course.steps) {
      key.push_back(static_cast<char>('A' + step.choice.worker));
      if (step.choice.wakes >= 0) key.push_back(static_cast<char>('a' + step.choice.wakes));
    }
    if (known_.insert(std::move(key)).second) Weigh(std::move(course));
  }

  void Weigh(Trail course) {
    const Flips flips = FlipsBetween(table_, failing_, course);
    work_ += static_cast<int64_t>(failing_.steps.size() * course.steps.size() / 8);
    const bool is_symptom = flips.earliest && IsSymptom(program_, *flips.earliest, failing_);
    const Distance distance{is_symptom, flips.dependent, flips.all};
    if (!course.passes()) {
      others_.push_back({course.Choices(), distance});
    } else if (!nearest_ || distance < distance_) {
      nearest_ = {std::move(course), flips};
      distance_ = distance;
    }
  }

  const Program& program_;
  DependencyTable& table_;
  const Trail& failing_;
  int64_t work_ = 0;
  std::set<std::string> known_;  // by who made their steps
  std::optional<Neighbour> nearest_;
  Distance distance_;
  std::vector<Other> others_;
};

}  // namespace

std::optional<Neighbour> FindNeighbour(const Program& program, DependencyTable& table,
                                       const Trail& failing) {
  return Neighbourhood(program, table, failing).Find();
}

}  // namespace ipclab
