// Operations in words, as they stand in a text.

#include <array>

#include "absl/strings/str_cat.h"
#include "common/program/language/operations.h"
#include "common/program/machine/local_code.h"
#include "common/program/words.h"
#include "common/program/words/phrases.h"

namespace ipclab {
namespace {

// As the language has it; of those that are no calls, empty.
std::string_view CallName(Op op) {
  if (op == Op::kReceiveType) op = Op::kReceive;
  for (const lang::OperationForm& form : lang::AllOperations()) {
    if (form.op == op && op != Op::kAwait) return form.name;
  }
  return "";
}

// An operation with the texts of its operands. second: of cond_wait, the mutex.
std::string Put(Op op, const std::string& object, const std::string& second,
                const std::array<std::string, 2>& operands, int count) {
  switch (op) {
    case Op::kRead:
      return absl::StrCat("read ", object);
    case Op::kWrite:
      return absl::StrCat(object, " = ", operands[0]);
    case Op::kEnter:
      return absl::StrCat("enter ", object);
    case Op::kLeave:
      return absl::StrCat("leave ", object);
    case Op::kAwait:
      return absl::StrCat("await(", operands[0], ")");
    default:
      break;
  }
  std::string text = absl::StrCat(std::string(CallName(op)), "(", object);
  if (op == Op::kCondWait) absl::StrAppend(&text, ", ", second);
  for (int i = 0; i < count; ++i) absl::StrAppend(&text, ", ", operands[i]);
  return text + ")";
}

// Of an element that is not known yet.
std::string LabelObject(const Program& program, int object, int32_t elements) {
  if (object < 0) return "";
  const ProgramObject& described = program.objects[object];
  return elements > 0 ? absl::StrCat(described.array, "[...]") : described.name;
}

// Whose code an instruction is; -1 for nobody's. All workers of a process have the same locals.
int WorkerWithCode(const Program& program, int pc) {
  int found = -1;
  for (size_t i = 0; i < program.workers.size(); ++i) {
    const int entry = program.processes[program.workers[i].process].entry;
    if (entry > pc) continue;
    if (found < 0 || entry > program.processes[program.workers[found].process].entry) {
      found = static_cast<int>(i);
    }
  }
  return found;
}

}  // namespace

std::string AwaitedText(const Program& program, int pc) {
  return ExpressionText(program, static_cast<int>(program.code[pc].value),
                        WorkerWithCode(program, pc));
}

std::string LabelText(const Program& program, int pc) {
  const Instruction& label = program.code[pc];
  const std::string object = LabelObject(program, label.object, label.elements);
  const std::string second = LabelObject(program, label.second, label.second_elements);
  std::array<std::string, 2> operands{"...", "..."};
  // A tag is seldom there.
  const int count = label.op == Op::kSend ? 1 : OperandsOf(label.op);
  if (label.op == Op::kAwait) operands[0] = AwaitedText(program, pc);
  return Put(label.op, object, second, operands, count);
}

std::string OperationText(const Program& program, const Operation& operation) {
  const std::string object = ObjectName(program, operation.object, operation.element);
  const std::string second = ObjectName(program, operation.second, 0);
  int count = OperandsOf(operation.op);
  // A tag that was not written is 0.
  if (operation.op == Op::kSend && operation.argument2 == 0) count = 1;
  std::array<std::string, 2> operands{ValueText(program, operation.argument),
                                      ValueText(program, operation.argument2)};
  if (operation.op == Op::kAwait) {
    operands[0] = AwaitedText(program, static_cast<int>(operation.argument));
  }
  return Put(operation.op, object, second, operands, count);
}

}  // namespace ipclab
