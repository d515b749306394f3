// What a worker does by itself: the code between two labels, and the operands that it brings to a
// label. It touches the worker's frame alone. Used by Apply and by workers that run free.
#pragma once

#include <cstdint>

#include "common/program/apply.h"
#include "common/program/program.h"
#include "common/program/state.h"

namespace ipclab {

// A worker's frame, with its values: locals, then temporaries.
struct LocalFrame {
  int worker;
  Frame* frame;
  int64_t* values;
  int64_t* stack;  // its first temporary
  int locals;

  LocalFrame(const Program& program, int the_worker, int64_t* words)
      : worker(the_worker), frame(reinterpret_cast<Frame*>(words)), values(words + kFrameWords) {
    locals = static_cast<int>(program.processes[program.workers[worker].process].locals.size());
    stack = values + locals;
  }
};

// From frame.pc to the next label, to the end, or to where the worker is stuck. What failed first
// on the way, and how long that was.
Local RunToLabel(const Program& program, const LocalFrame& local, PrintLog* prints);

// Takes the operands of the label from the stack, puts its result there if it has one, and runs on.
Local RunOn(const Program& program, const LocalFrame& local, int64_t result, int error,
            PrintLog* prints);

// The operation that the frame stands before.
Operation OperationAt(const Program& program, const LocalFrame& local);

// How many operands are above the indices on the stack.
constexpr int OperandsOf(Op op) {
  switch (op) {
    case Op::kWrite:
    case Op::kAtomicAdd:
    case Op::kExchange:
    case Op::kFutexWait:
    case Op::kFutexWake:
    case Op::kReceiveType:
      return 1;
    case Op::kCas:
    case Op::kSend:
      return 2;
    default:
      return 0;
  }
}

constexpr bool HasResult(Op op) {
  switch (op) {
    case Op::kRead:
    case Op::kAtomicAdd:
    case Op::kExchange:
    case Op::kCas:
    case Op::kFutexWake:
    case Op::kTryLock:
    case Op::kSemTryWait:
    case Op::kReceive:
    case Op::kReceiveType:
      return true;
    default:
      return false;
  }
}

}  // namespace ipclab
