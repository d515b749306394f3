// From instructions back to text: what an await waits for has no other.

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/program/machine/arithmetic.h"
#include "common/program/words.h"
#include "common/program/words/phrases.h"

namespace ipclab {
namespace {

// How tight an operator binds, as in C.
enum Tightness { kOr, kAnd, kEquality, kOrder, kSum, kProduct, kUnary, kAtom };

struct Term {
  std::string text;
  Tightness tightness = kAtom;
  std::string negated = {};  // of what "!" is: the text without it
  Tightness negated_tightness = kAtom;
};

struct OperatorText {
  const char* sign;
  Tightness tightness;
};

OperatorText TextOf(Op op) {
  switch (op) {
    case Op::kAdd:
      return {" + ", kSum};
    case Op::kSubtract:
      return {" - ", kSum};
    case Op::kMultiply:
      return {" * ", kProduct};
    case Op::kDivide:
      return {" / ", kProduct};
    case Op::kRemainder:
      return {" % ", kProduct};
    case Op::kEqual:
      return {" == ", kEquality};
    case Op::kNotEqual:
      return {" != ", kEquality};
    case Op::kLess:
      return {" < ", kOrder};
    case Op::kLessEqual:
      return {" <= ", kOrder};
    case Op::kGreater:
      return {" > ", kOrder};
    default:
      return {" >= ", kOrder};
  }
}

std::string Within(const Term& term, Tightness least) {
  return term.tightness < least ? absl::StrCat("(", term.text, ")") : term.text;
}

Term Join(const Term& left, const OperatorText& sign, const Term& right) {
  const auto tighter = static_cast<Tightness>(sign.tightness + 1);
  return {absl::StrCat(Within(left, sign.tightness), sign.sign, Within(right, tighter)),
          sign.tightness};
}

// Reads instructions as a machine would do them, on texts.
class Reader {
 public:
  Reader(const Program& program, int worker) : program_(program), worker_(worker) {}

  // The one value that is there after the instructions from pc to end; end -1: kEndExpression.
  Term Read(int64_t pc, int64_t end) {
    std::vector<Term> stack;
    while (pc != end) {
      const Instruction& instruction = program_.code[pc++];
      if (instruction.op == Op::kEndExpression) break;
      if (instruction.op == Op::kJumpIfZero) {
        const Term condition = Pop(stack);
        pc = ReadChoice(condition, pc, instruction.value, stack);
      } else {
        Do(instruction, stack);
      }
    }
    return Pop(stack);
  }

 private:
  static Term Pop(std::vector<Term>& stack) {
    if (stack.empty()) return {"...", kAtom};
    Term term = std::move(stack.back());
    stack.pop_back();
    return term;
  }

  // What && and || were made of: "a && b" of "a ? b : 0", and "a || b" of "!a ? b : 1".
  int64_t ReadChoice(const Term& condition, int64_t pc, int64_t otherwise,
                     std::vector<Term>& stack) {
    const Instruction& jump = program_.code[otherwise - 1];
    if (jump.op != Op::kJump || otherwise <= pc || jump.value <= otherwise) {
      stack.push_back({"...", kAtom});
      return otherwise;
    }
    const Term then = Read(pc, otherwise - 1);
    const Term other = Read(otherwise, jump.value);
    if (other.text == "0") {
      stack.push_back(Join(condition, {" && ", kAnd}, then));
    } else {
      const Term left{condition.negated, condition.negated_tightness};
      stack.push_back(Join(left, {" || ", kOr}, then));
    }
    return jump.value;
  }

  void Do(const Instruction& instruction, std::vector<Term>& stack) {
    switch (instruction.op) {
      case Op::kPush:
        stack.push_back({ValueText(program_, instruction.value), kAtom});
        break;
      case Op::kLoad:
        stack.push_back({LocalName(instruction.value), kAtom});
        break;
      case Op::kPeek: {
        std::string name = program_.objects[instruction.object].name;
        if (instruction.elements > 0) absl::StrAppend(&name, "[", Pop(stack).text, "]");
        stack.push_back({std::move(name), kAtom});
        break;
      }
      case Op::kDeadlocked:
        stack.push_back({"deadlock", kAtom});
        break;
      case Op::kNegate:
        stack.push_back({absl::StrCat("-", Within(Pop(stack), kAtom)), kUnary});
        break;
      case Op::kNot: {
        const Term term = Pop(stack);
        stack.push_back(
            {absl::StrCat("!", Within(term, kAtom)), kUnary, term.text, term.tightness});
        break;
      }
      default: {
        const Term right = Pop(stack);
        const Term left = Pop(stack);
        stack.push_back(IsBinary(instruction.op) ? Join(left, TextOf(instruction.op), right)
                                                 : Term{"...", kAtom});
      }
    }
  }

  std::string LocalName(int64_t number) const {
    if (worker_ < 0) return "...";
    const ProgramProcess& process = program_.processes[program_.workers[worker_].process];
    const std::string& name = process.locals[number];
    return name.empty() ? "..." : name;
  }

  const Program& program_;
  const int worker_;
};

}  // namespace

std::string ExpressionText(const Program& program, int expression, int worker) {
  return Reader(program, worker).Read(expression, -1).text;
}

}  // namespace ipclab
