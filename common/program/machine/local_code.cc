#include "common/program/machine/local_code.h"

#include <algorithm>
#include <cstring>

#include "common/program/machine/arithmetic.h"

namespace ipclab {
namespace {

// Notes what was printed; the values are popped. The new top of the stack.
int64_t* Print(const Program& program, int worker, int64_t print, int64_t* top, PrintLog* prints) {
  int values = 0;
  for (const PrintPiece& piece : program.prints[print]) values += piece.is_value;
  int64_t* const first = top - values;
  if (prints != nullptr) {
    Printed& printed = prints->entries[prints->count++ % PrintLog::kKept];
    printed = Printed{};
    printed.worker = worker;
    printed.print = static_cast<int32_t>(print);
    std::copy_n(first, std::min(values, kMaxPrintValues), printed.values);
  }
  std::fill(first, top, 0);
  return first;
}

bool IsInside(int64_t index, int32_t elements) {
  return elements == 0 || (index >= 0 && index < elements);
}

// Whether the indices on the stack are within their arrays.
bool IndicesAreInside(const Instruction& label, const int64_t* top) {
  const int64_t* next = top - OperandsOf(label.op);
  if (label.second_elements > 0 && !IsInside(*--next, label.second_elements)) return false;
  return label.elements == 0 || IsInside(next[-1], label.elements);
}

// Equal ends are equal words, wherever in the text the worker came to its end.
void Finish(const Program& program, const LocalFrame& local) {
  const int stack = program.processes[program.workers[local.worker].process].stack;
  std::memset(local.frame, 0, sizeof(Frame));
  std::fill_n(local.values, local.locals + stack, 0);
  local.frame->run = RunState::kDone;
}

}  // namespace

Local RunToLabel(const Program& program, const LocalFrame& local, PrintLog* prints) {
  const Instruction* const code = program.code.data();
  int64_t* const values = local.values;
  int64_t* top = local.stack + local.frame->depth;
  int64_t pc = local.frame->pc;
  Failure failure;
  int budget = ProgramLimits::kLocalInstructions;
  const auto fail = [&](FailureKind kind, int64_t detail) {
    if (failure.kind == FailureKind::kNone) failure = {kind, detail, local.worker};
  };
  const auto result = [&] { return Local{failure, ProgramLimits::kLocalInstructions - budget}; };
  const auto stand = [&](RunState run) {
    local.frame->run = run;
    local.frame->pc = pc;
    local.frame->depth = top - local.stack;
    return result();
  };

  for (; budget > 0; --budget) {
    const Instruction& instruction = code[pc];
    if (IsLabel(instruction.op)) {
      if (IndicesAreInside(instruction, top)) return stand(RunState::kAtLabel);
      fail(FailureKind::kIndex, pc);
      return stand(RunState::kStuck);
    }
    ++pc;
    switch (instruction.op) {
      case Op::kPush:
        *top++ = instruction.value;
        break;
      case Op::kLoad:
        *top++ = values[instruction.value];
        break;
      case Op::kStore:
        values[instruction.value] = *--top;
        *top = 0;
        break;
      case Op::kLoadError:
        *top++ = local.frame->error;
        break;
      case Op::kDrop:
        *--top = 0;
        break;
      case Op::kDuplicate:
        *top = top[-1];
        ++top;
        break;
      case Op::kDivide:
      case Op::kRemainder:
        if (top[-1] == 0) {
          --pc;
          fail(FailureKind::kDivision, pc);
          return stand(RunState::kStuck);
        }
        [[fallthrough]];
      case Op::kAdd:
      case Op::kSubtract:
      case Op::kMultiply:
      case Op::kEqual:
      case Op::kNotEqual:
      case Op::kLess:
      case Op::kLessEqual:
      case Op::kGreater:
      case Op::kGreaterEqual:
        --top;
        top[-1] = Binary(instruction.op, top[-1], *top);
        *top = 0;
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
        *top = 0;
        break;
      case Op::kPrint:
        top = Print(program, local.worker, instruction.value, top, prints);
        break;
      case Op::kAssert:
        if (*--top == 0) fail(FailureKind::kAssert, instruction.value);
        *top = 0;
        break;
      default:  // kExit; the others stand in expressions alone
        Finish(program, local);
        return result();
    }
  }
  fail(FailureKind::kBudget, pc);
  return stand(RunState::kStuck);
}

Local RunOn(const Program& program, const LocalFrame& local, int64_t result, int error,
            PrintLog* prints) {
  Frame& frame = *local.frame;
  const Instruction& label = program.code[frame.pc];
  const int operands =
      OperandsOf(label.op) + (label.elements > 0 ? 1 : 0) + (label.second_elements > 0 ? 1 : 0);
  frame.depth -= operands;
  for (int i = 0; i < operands; ++i) local.stack[frame.depth + i] = 0;
  if (HasResult(label.op)) local.stack[frame.depth++] = result;
  frame.phase = Phase::kFirst;
  frame.error = error;
  ++frame.pc;
  return RunToLabel(program, local, prints);
}

Operation OperationAt(const Program& program, const LocalFrame& local) {
  const Frame& frame = *local.frame;
  const Instruction& label = program.code[frame.pc];
  Operation operation{label.op, frame.phase, label.object, 0, label.second, 0, 0};
  const int64_t* next = local.stack + frame.depth;
  const int operands = OperandsOf(label.op);
  if (operands == 2) operation.argument2 = *--next;
  if (operands > 0) operation.argument = *--next;
  if (label.op == Op::kAwait) operation.argument = frame.pc;
  if (label.second_elements > 0) operation.second += static_cast<int>(*--next);
  if (label.elements > 0) {
    const int index = static_cast<int>(*--next);
    // An array of cells is one object; an array of anything else is one object after the other.
    if (program.objects[label.object].kind == ObjectKind::kCells) {
      operation.element = index;
    } else {
      operation.object += index;
    }
  }
  return operation;
}

Local BeginLocal(const Program& program, int worker, int64_t* frame, PrintLog* prints) {
  const LocalFrame local(program, worker, frame);
  const ProgramWorker& described = program.workers[worker];
  const ProgramProcess& process = program.processes[described.process];
  std::memset(frame, 0, sizeof(Frame));
  std::fill_n(local.values, local.locals + process.stack, 0);
  local.values[0] = described.self;
  local.frame->pc = process.entry;
  return RunToLabel(program, local, prints);
}

Local ContinueLocal(const Program& program, int worker, int64_t* frame, int64_t result, int error,
                    PrintLog* prints) {
  return RunOn(program, LocalFrame(program, worker, frame), result, error, prints);
}

Operation AnnounceLocal(const Program& program, int worker, const int64_t* frame) {
  return OperationAt(program, LocalFrame(program, worker, const_cast<int64_t*>(frame)));
}

}  // namespace ipclab
