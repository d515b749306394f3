// A schedule: who made each step of a program, as one line of text that is a link, a test and a bug
// report.
//
//   lost_update racy workers=2 @3f9a01c2 : A B2 A!
//
// Program, variant, those parameters that are not the default, hash of the compiled program, items.
// An item is LETTER [COUNT] [!] or LETTER>LETTER [!]; "!" says that the switch after it is a
// preemption, "A>B" that A's signal woke B. What is read of "!" is that it may be there.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/program/program.h"

namespace ipclab {

// One step.
struct Choose {
  int8_t worker = 0;
  int8_t wakes = -1;  // -1: no choice was to be made, or who waits longest

  bool operator==(const Choose&) const = default;
};

struct Schedule {
  std::string program;
  std::string variant;
  std::map<std::string, int64_t> parameters;
  std::string hash;
  std::vector<Choose> steps;
};

// A whole line, or items alone: program, variant and hash are empty then. At most
// ProgramLimits::kSteps steps. INVALID_ARGUMENT that names the item and what is expected.
absl::StatusOr<Schedule> ParseSchedule(std::string_view text);

// The items of steps of this program, with "!" where a preemption was; computed by the model.
std::string FormatItems(const Program& program, const std::vector<Choose>& steps);

// The whole line.
std::string FormatSchedule(const Program& program, const std::vector<Choose>& steps);

// The bits of EnabledOf before each step decide what was a preemption: how many there are.
int64_t CountPreemptions(const Program& program, const std::vector<Choose>& steps);

// OK when this choice can be made. INVALID_ARGUMENT that names the worker and what it waits for.
absl::Status CheckChoice(const Program& program, const int64_t* state, const Choose& choice);

// The same of a step of a course: its number, the first is 1, and what the steps before it took
// (Event::instructions). INVALID_ARGUMENT also when those are all that a course may take.
absl::Status CheckStep(const Program& program, const int64_t* state, const Choose& choice,
                       int64_t number, int64_t instructions);

// OK when steps can be made one after the other from step 0. INVALID_ARGUMENT that names the step,
// the worker and what it waits for. Afterwards state is as they leave it, or as it was before the
// step that cannot be made; state_words words.
absl::Status Follow(const Program& program, const std::vector<Choose>& steps, int64_t* state);

}  // namespace ipclab
