#include "tests/common/program_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "common/program/words.h"

namespace ipclab {

Program Compiled(std::string_view source, const ProgramChoice& choice) {
  Compilation compilation = CompileProgram("program", source, choice);
  if (!compilation.program.has_value()) {
    for (const Diagnostic& diagnostic : compilation.diagnostics) {
      std::cerr << FormatDiagnostic(diagnostic, "program", source);
    }
    std::abort();
  }
  return *std::move(compilation.program);
}

ProgramRun::ProgramRun(Program program)
    : program_(std::move(program)), state_(program_.state_words) {
  Rewind();
}

ProgramRun::ProgramRun(std::string_view source, const ProgramChoice& choice)
    : ProgramRun(Compiled(source, choice)) {}

void ProgramRun::Rewind() {
  prints_ = {};
  BeginProgram(program_, state_.data(), &prints_);
}

Event ProgramRun::Step(char worker, char wakes) {
  const Choose choice{static_cast<int8_t>(worker - 'A'),
                      static_cast<int8_t>(wakes == 0 ? -1 : wakes - 'A')};
  const absl::Status possible = CheckChoice(program_, state_.data(), choice);
  if (!possible.ok()) {
    ADD_FAILURE() << possible;
    return {};
  }
  return Apply(program_, state_.data(), choice.worker, choice.wakes, &prints_);
}

Event ProgramRun::Steps(std::string_view items) {
  const absl::StatusOr<Schedule> schedule = ParseSchedule(items);
  if (!schedule.ok()) {
    ADD_FAILURE() << schedule.status();
    return {};
  }
  Event last{};
  for (const Choose& choice : schedule->steps) {
    last = Step(static_cast<char>('A' + choice.worker),
                choice.wakes < 0 ? char{0} : static_cast<char>('A' + choice.wakes));
  }
  return last;
}

std::string ProgramRun::Effect(char worker, char wakes) {
  return EffectText(program_, Step(worker, wakes));
}

std::string ProgramRun::Next(char worker) const {
  return OperationText(program_, Announce(program_, state_.data(), worker - 'A'));
}

std::string ProgramRun::Obstacle(char worker) const {
  return ObstacleOf(program_, state_.data(), worker - 'A').text;
}

std::string ProgramRun::Enabled() const {
  std::string letters;
  const uint32_t enabled = EnabledOf(program_, state_.data());
  for (int worker = 0; worker < ProgramLimits::kWorkers; ++worker) {
    if ((enabled >> worker & 1) != 0) letters += LetterOf(worker);
  }
  return letters;
}

std::string ProgramRun::Object(std::string_view name) const {
  return ObjectText(program_, state_.data(), FindObject(program_, name));
}

int64_t ProgramRun::Local(char worker, std::string_view name) const {
  const int index = worker - 'A';
  const auto& locals = program_.processes[program_.workers[index].process].locals;
  const auto found = std::find(locals.begin(), locals.end(), name);
  if (found == locals.end()) {
    ADD_FAILURE() << "no local " << name;
    return 0;
  }
  return Words().values(index)[found - locals.begin()];
}

int64_t ProgramRun::ErrorOf(char worker) const { return Words().frame(worker - 'A').error; }

std::string ProgramRun::FailureNow() const { return FailureText(program_, state_.data()); }

FailureKind ProgramRun::failure() const { return Words().failure().kind; }

std::string ProgramRun::Printed() const {
  std::string lines;
  for (uint64_t i = 0; i < prints_.count; ++i) {
    lines += PrintedText(program_, prints_.entries[i % PrintLog::kKept]) + "\n";
  }
  return lines;
}

State ProgramRun::Words() const { return {program_, const_cast<int64_t*>(state_.data())}; }

}  // namespace ipclab
