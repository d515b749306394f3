#include "common/program/apply.h"

#include <algorithm>

#include "common/program/machine/local_code.h"
#include "common/program/machine/operation.h"

namespace ipclab {
namespace {

// Only the first failure is kept. True when this is it.
bool Keep(const State& state, const Failure& failure) {
  if (failure.kind == FailureKind::kNone || state.failure().kind != FailureKind::kNone) {
    return false;
  }
  state.failure() = failure;
  return true;
}

// The first check of this kind that does not hold; -1 for none.
int FindBroken(const Program& program, const State& state, CheckKind kind) {
  for (size_t i = 0; i < program.checks.size(); ++i) {
    const Check& check = program.checks[i];
    if (check.kind == kind && Evaluate(program, state.words(), check.expression) == 0) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

// What is wrong with a state where nobody can go on. Nobody in particular did it: whoever came
// last, it is the same state.
Failure FailureAtEnd(const Program& program, const State& state) {
  const int workers = static_cast<int>(program.workers.size());
  for (int worker = 0; worker < workers; ++worker) {
    if (state.frame(worker).run != RunState::kDone) return {FailureKind::kDeadlock, 0, 0};
  }
  const int broken = FindBroken(program, state, CheckKind::kFinally);
  return broken < 0 ? Failure{} : Failure{FailureKind::kFinally, broken, 0};
}

// What the lab looks at after every step. worker: who made it.
bool Look(const Program& program, const State& state, int worker) {
  if (state.failure().kind != FailureKind::kNone) return false;
  const int broken = FindBroken(program, state, CheckKind::kAlways);
  if (broken >= 0) return Keep(state, {FailureKind::kAlways, broken, worker});
  const int workers = static_cast<int>(program.workers.size());
  // Most often who made the step can make the next.
  for (int i = 0; i < workers; ++i) {
    int next = worker + i;
    if (next >= workers) next -= workers;
    if (ReadinessOf(program, state.words(), next) == Readiness::kReady) return false;
  }
  return Keep(state, FailureAtEnd(program, state));
}

}  // namespace

void BeginProgram(const Program& program, int64_t* words, PrintLog* prints) {
  std::fill_n(words, program.state_words, 0);
  const State state(program, words);
  for (const ProgramObject& object : program.objects) {
    std::copy(object.initial.begin(), object.initial.end(), words + object.offset);
  }
  for (int worker = 0; worker < static_cast<int>(program.workers.size()); ++worker) {
    int64_t* const frame = words + program.workers[worker].offset;
    Keep(state, BeginLocal(program, worker, frame, prints).failure);
  }
  Look(program, state, 0);
}

Event Apply(const Program& program, int64_t* words, int worker, int wakes, PrintLog* prints) {
  const State state(program, words);
  const LocalFrame local(program, worker, words + program.workers[worker].offset);
  Event event{};
  event.worker = worker;
  event.pc = static_cast<int32_t>(local.frame->pc);
  event.operation = OperationAt(program, local);
  event.woke = -1;
  event.failed = Keep(state, Perform(program, state, wakes, event));
  if (event.fell_asleep) {
    local.frame->phase = Phase::kAsleep;
    local.frame->error = 0;
  } else {
    const Local ran = RunOn(program, local, event.result, event.error, prints);
    event.failed |= Keep(state, ran.failure);
    event.instructions = ran.instructions;
  }
  event.failed |= Look(program, state, worker);
  event.instructions += program.always_instructions;
  return event;
}

}  // namespace ipclab
