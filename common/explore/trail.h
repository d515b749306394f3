// A schedule with what its steps did, and courses near it: the same with one thing done otherwise.
// For explanations. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/explore/dependency_table.h"
#include "common/program/apply.h"
#include "common/program/program.h"
#include "common/program/schedule.h"
#include "common/program/state.h"

namespace ipclab {

struct CourseStep {
  Choose choice;
  int number = 0;  // of the worker's own steps; the first is 1
  int pc = 0;
  Operation operation;
  int touches = 0;  // its number in the table
  int woke = -1;    // whom a signal woke
};

struct Trail {
  std::vector<CourseStep> steps;
  std::vector<int64_t> state;  // where it leads to
  FailureKind fault = FailureKind::kNone;
  bool ended = false;  // nobody can go on

  bool failed() const { return fault != FailureKind::kNone; }
  bool passes() const { return ended && !failed(); }
  std::vector<Choose> Choices() const;
};

// What is done otherwise than a schedule has it, from one of its steps on.
struct Edit {
  enum class Kind : uint8_t {
    kNothing,
    kEarlier,  // before it, the worker makes so many steps
    kLater,    // the worker waits until the others have come as far as to step number `until`
    kWakes,    // the signal wakes this worker
  };
  static constexpr size_t kNever = SIZE_MAX;  // of until: as long as anybody else can go on

  Kind kind = Kind::kNothing;
  size_t at = 0;
  int worker = 0;
  size_t count = 0;
  size_t until = 0;
};

// Up to the step that fails, or as far as the steps can be made.
Trail MakeCourse(const Program& program, DependencyTable& table, const std::vector<Choose>& steps);

// To an end, or to so many steps: what cannot be made of steps is tried again later; when nothing
// of them is left, who goes on is who went last.
Trail MakeEdited(const Program& program, DependencyTable& table, const std::vector<Choose>& steps,
                 const Edit& edit, size_t most_steps);

}  // namespace ipclab
