// Expressions that are evaluated in one go: checks, goals, what is observed, what is awaited.

#include <array>

#include "common/program/apply.h"
#include "common/program/machine/arithmetic.h"
#include "common/program/words.h"

namespace ipclab {
namespace {

// More than the nesting of an expression and its kinds of operators allow.
constexpr int kDeepest = 1024;

}  // namespace

int64_t Evaluate(const Program& program, const int64_t* state, int expression, int worker) {
  std::array<int64_t, kDeepest> stack;
  int64_t* top = stack.data();
  const int64_t* const end = top + kDeepest;
  const int64_t* const values =
      worker < 0 ? nullptr : state + program.workers[worker].offset + kFrameWords;
  for (int64_t pc = expression; top < end;) {
    const Instruction& instruction = program.code[pc++];
    switch (instruction.op) {
      case Op::kPush:
        *top++ = instruction.value;
        break;
      case Op::kLoad:
        *top++ = values == nullptr ? 0 : values[instruction.value];
        break;
      case Op::kPeek: {
        const ProgramObject& object = program.objects[instruction.object];
        int64_t index = 0;
        if (instruction.elements > 0) index = *--top;
        *top++ = index >= 0 && index < object.size ? state[object.offset + index] : 0;
        break;
      }
      case Op::kDeadlocked:
        *top++ = IsDeadlock(program, state);
        break;
      case Op::kDrop:
        --top;
        break;
      case Op::kDuplicate:
        *top = top[-1];
        ++top;
        break;
      case Op::kNegate:
        top[-1] = WrappedSubtract(0, top[-1]);
        break;
      case Op::kNot:
        top[-1] = top[-1] == 0;
        break;
      case Op::kJump:
        pc = instruction.value;
        break;
      case Op::kJumpIfZero:
        if (*--top == 0) pc = instruction.value;
        break;
      case Op::kEndExpression:
        return top[-1];
      default:
        if (!IsBinary(instruction.op)) return 0;
        --top;
        top[-1] = Binary(instruction.op, top[-1], *top);
        break;
    }
  }
  return 0;
}

}  // namespace ipclab
