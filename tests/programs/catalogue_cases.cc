#include "tests/programs/catalogue_cases.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "common/program/apply.h"
#include "tests/programs/state_graph.h"

namespace ipclab {

std::string CatalogueCase::name() const {
  return std::string(program) + "_" + std::string(variant);
}

void PrintTo(const CatalogueCase& each, std::ostream* out) { *out << each.name(); }

std::string_view ScheduleFor(const CatalogueCase& each) {
  const auto& all = CatalogueCases();
  const auto first = std::find_if(all.begin(), all.end(), [&each](const CatalogueCase& other) {
    return other.program == each.program;
  });
  return each.fails() ? each.schedule : first->schedule;
}

std::vector<Choose> StepsOf(std::string_view items) {
  const absl::StatusOr<Schedule> schedule = ParseSchedule(items);
  if (schedule.ok()) return schedule->steps;
  std::fputs(absl::StrCat(schedule.status().ToString(), "\n").c_str(), stderr);
  std::abort();
}

std::vector<Choose> CourseAlong(const Program& program, std::string_view items, int most_steps) {
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  BeginProgram(program, state.data(), nullptr);
  std::vector<Choose> course;
  const auto step = [&](const Choose& choice) {
    Apply(program, state.data(), choice.worker, choice.wakes, nullptr);
    course.push_back(choice);
  };
  for (Choose choice : StepsOf(items)) {
    if ((EnabledOf(program, state.data()) >> choice.worker & 1) == 0) continue;
    const uint32_t may_wake = MayWake(program, state.data(), choice.worker);
    if (choice.wakes >= 0 && (may_wake >> choice.wakes & 1) == 0) choice.wakes = -1;
    step(choice);
  }
  while (static_cast<int>(course.size()) < most_steps) {
    const std::vector<Choose> choices = ChoicesOf(program, state.data());
    if (choices.empty()) break;
    step(choices.front());
  }
  return course;
}

}  // namespace ipclab
