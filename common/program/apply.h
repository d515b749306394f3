// The one transition function of lab programs: what a worker's step does to the state. It is the
// mirror of what worker processes do to kernel objects, and the whole of the model.
//
// Pure: no I/O, no clock, no allocation; everything it needs is in the program and the state.
#pragma once

#include <cstdint>

#include "common/program/program.h"
#include "common/program/state.h"

namespace ipclab {

enum class Readiness : uint8_t { kReady, kBlocked, kDone, kStuck };

// What a worker printed; a fixed amount is kept, the newest.
struct Printed {
  int32_t worker;
  int32_t print;  // Program::prints
  int64_t values[6];
};
inline constexpr int kMaxPrintValues = 6;
struct PrintLog {
  static constexpr uint64_t kKept = 128;
  uint64_t count = 0;  // ever; the newest kKept are there, each at its number % kKept
  Printed entries[kKept];
};

// The operation that a worker stands before, with its operands.
struct Operation {
  Op op;
  Phase phase;
  int object;         // of an array of locks: the one that is meant
  int element;        // the cell; else 0
  int second;         // of kCondWait: the mutex; else -1
  int64_t argument;   // v, n, expected, type; of kAwait: its label
  int64_t argument2;  // of kCas: v; of kSend: tag

  bool operator==(const Operation&) const = default;
};

// What a step did.
struct Event {
  int32_t worker;
  int32_t pc;  // the label
  Operation operation;
  // Of the cell; of a semaphore, its value; of a mutex or an rwlock, who holds it to write + 1, or
  // 0; of a channel, how many records; of a condition, a barrier and a critical section, how many
  // workers are in it.
  int64_t before;
  int64_t after;
  int64_t result;  // what came back: the value read or received, 1 or 0 of what tries; else 0
  int32_t error;   // errno, or 0
  int32_t woke;    // whom a signal woke; -1
  uint32_t woken;  // all whom it woke, as bits: by signal, broadcast, futex_wake, the last arrival
  bool fell_asleep;  // the first of two steps
  bool failed;       // the state's failure came with this step
  // What the step cost beside its operation: local code, and at most so much of `always`.
  int32_t instructions;

  bool operator==(const Event&) const = default;
};

// The state at step 0: every worker has run to its first label.
void BeginProgram(const Program& program, int64_t* state, PrintLog* prints);

Readiness ReadinessOf(const Program& program, const int64_t* state, int worker);

// The workers that can make the next step, as bits.
uint32_t EnabledOf(const Program& program, const int64_t* state);

// The workers that the next step of this one, a signal, may wake; 0 where there is no choice.
uint32_t MayWake(const Program& program, const int64_t* state, int worker);

// What a worker that is at a label would do.
Operation Announce(const Program& program, const int64_t* state, int worker);

// One step of a worker that is ready. wakes: whom its signal wakes, of MayWake; -1: who waits
// longest. prints may be null.
Event Apply(const Program& program, int64_t* state, int worker, int wakes, PrintLog* prints);

// The value of an expression (a check, a goal, what is observed); what divides by zero, and a cell
// that its array does not have, is 0. worker: whose locals it may read, as `await` does; it needs
// the words of that worker's frame and of the cells, nothing else of the state.
int64_t Evaluate(const Program& program, const int64_t* state, int expression, int worker = -1);

// For a worker that runs free: its own frame alone. The worker does the operation itself, in the
// kernel, and says what came of it.
//
// frame: the words of a Frame and its values. To the first label; after that, with the result and
// error of the operation that Announce named, to the next.
struct Local {
  Failure failure;       // kind kNone: none
  int32_t instructions;  // that were run
};
Local BeginLocal(const Program& program, int worker, int64_t* frame, PrintLog* prints);
Local ContinueLocal(const Program& program, int worker, int64_t* frame, int64_t result, int error,
                    PrintLog* prints);
Operation AnnounceLocal(const Program& program, int worker, const int64_t* frame);

}  // namespace ipclab
