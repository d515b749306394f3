// A lab program in a test: compiled from its text, stepped by letters, asked in words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/program/apply.h"
#include "common/program/compile.h"
#include "common/program/program.h"
#include "common/program/schedule.h"
#include "common/program/state.h"

namespace ipclab {

// Ends the test program, with what is wrong, if the text has an error.
Program Compiled(std::string_view source, const ProgramChoice& choice = {});

class ProgramRun {
 public:
  explicit ProgramRun(Program program);
  explicit ProgramRun(std::string_view source, const ProgramChoice& choice = {});

  // A failure of the test if the worker is not ready. wakes: whom its signal wakes; 0: the first.
  Event Step(char worker, char wakes = 0);
  // Steps by the items of a schedule; the last one's event.
  Event Steps(std::string_view items);
  // From step 0.
  void Rewind();

  // Of the next step, which it makes.
  std::string Effect(char worker, char wakes = 0);

  std::string Next(char worker) const;
  // Why it is not ready.
  std::string Obstacle(char worker) const;
  // "AB".
  std::string Enabled() const;
  std::string Object(std::string_view name) const;
  // The local with this name.
  int64_t Local(char worker, std::string_view name) const;
  int64_t ErrorOf(char worker) const;
  std::string FailureNow() const;
  FailureKind failure() const;
  std::string Printed() const;  // all lines, each ended

  const Program& program() const { return program_; }
  const std::vector<int64_t>& state() const { return state_; }

 private:
  State Words() const;

  const Program program_;
  std::vector<int64_t> state_;
  PrintLog prints_;
};

}  // namespace ipclab
