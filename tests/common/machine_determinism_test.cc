// The same schedule gives the same states and events, on every program of the catalogue and every
// variant of it.

#include <gtest/gtest.h>

#include <bit>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "tests/common/enumerate.h"
#include "tests/common/program_run.h"

namespace ipclab {
namespace {

#ifdef IPCLAB_SANITIZE
constexpr int kTimes = 20;
#else
constexpr int kTimes = 1000;
#endif
// Some programs have no end.
constexpr size_t kMostSteps = 200;

struct Course {
  std::vector<Choose> steps;
  std::vector<uint64_t> hashes;
  std::vector<Event> events;

  void Add(const Program& program, const Choose& choice, std::vector<int64_t>& state) {
    steps.push_back(choice);
    events.push_back(Apply(program, state.data(), choice.worker, choice.wakes, nullptr));
    hashes.push_back(HashOf(program, state.data()));
  }
};

// What was popped is 0, and all of who has come to the end.
void ExpectNothingLeftBehind(const Program& program, std::vector<int64_t>& words) {
  const State state(program, words.data());
  for (size_t i = 0; i < program.workers.size(); ++i) {
    const int worker = static_cast<int>(i);
    const ProgramProcess& process = program.processes[program.workers[i].process];
    const auto locals = static_cast<int64_t>(process.locals.size());
    const bool is_done = state.frame(worker).run == RunState::kDone;
    for (int64_t k = is_done ? 0 : locals + state.frame(worker).depth; k < locals + process.stack;
         ++k) {
      ASSERT_EQ(state.values(worker)[k], 0) << LetterOf(worker) << " value " << k;
    }
  }
}

Course RandomCourse(const Program& program) {
  std::mt19937 random(1);
  Course course;
  std::vector<int64_t> state(program.state_words);
  BeginProgram(program, state.data(), nullptr);
  while (course.steps.size() < kMostSteps) {
    std::vector<Choose> choices;
    ForEachChoice(program, state.data(), [&](const Choose& choice) { choices.push_back(choice); });
    if (choices.empty()) break;
    course.Add(program, choices[random() % choices.size()], state);
    ExpectNothingLeftBehind(program, state);
  }
  return course;
}

void ExpectSameAgain(const Program& program, const Course& course) {
  std::vector<int64_t> state(program.state_words);
  for (int i = 0; i < kTimes; ++i) {
    Course again;
    BeginProgram(program, state.data(), nullptr);
    for (const Choose& choice : course.steps) again.Add(program, choice, state);
    ASSERT_EQ(again.hashes, course.hashes);
    ASSERT_EQ(again.events, course.events);
  }
}

TEST(MachineDeterminismTest, EveryProgramOfTheCatalogue) {
  int programs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(IPCLAB_PROGRAMS)) {
    if (entry.path().extension() != ".lab") continue;
    SCOPED_TRACE(entry.path().filename());
    std::ifstream file(entry.path());
    const std::string source(std::istreambuf_iterator<char>(file), {});
    std::vector<std::string> variants = Compiled(source).text.variants;
    if (variants.empty()) variants = {""};
    for (const std::string& variant : variants) {
      SCOPED_TRACE(variant);
      const Program program = Compiled(source, {variant, {}});
      const Course course = RandomCourse(program);
      EXPECT_FALSE(course.steps.empty());
      ExpectSameAgain(program, course);
      ++programs;
    }
  }
  EXPECT_GT(programs, 20);
}

}  // namespace
}  // namespace ipclab
