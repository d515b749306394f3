// Values, and the operations that give them.

#include <string>
#include <utility>

#include "common/program/language/generator.h"
#include "common/program/language/sentence.h"
#include "common/program/language/vocabulary.h"

namespace ipclab::lang {

using Kind = Expression::Kind;

namespace {

// True when it is 1 or 0 already.
bool IsTruth(const Expression& expression) {
  switch (expression.kind) {
    case Kind::kAnd:
    case Kind::kOr:
    case Kind::kVariantTest:
      return true;
    case Kind::kUnary:
      return expression.op == Op::kNot;
    case Kind::kBinary:
      return expression.op >= Op::kEqual && expression.op <= Op::kGreaterEqual;
    default:
      return false;
  }
}

}  // namespace

void Generator::Value(const Expression& expression) {
  switch (expression.kind) {
    case Kind::kNumber:
      return Push(expression.number, expression.span);
    case Kind::kString:
      return Push(Intern(expression.string), expression.span);
    case Kind::kName:
    case Kind::kElement:
      return LoadName(expression);
    case Kind::kCall:
      return Call(expression, true);
    case Kind::kUnary:
      NoString(expression, *expression.operands[0]);
      Value(*expression.operands[0]);
      Emit(expression.op, expression.span, 1, 1);
      return;
    case Kind::kBinary:
      return Binary(expression);
    case Kind::kAnd:
    case Kind::kOr:
      return Logic(expression);
    case Kind::kVariantTest:
      return Push(*Decided(expression, scope_, findings_) ? 1 : 0, expression.span);
    case Kind::kSelf:
      if (place_ != Place::kCheck) {
        Emit(Op::kLoad, expression.span, 0, 1, 0);
        return;
      }
      findings_.Error(expression.span, "'self' is known only in a process");
      break;
    case Kind::kError:
      if (place_ == Place::kProcess) {
        Emit(Op::kLoadError, expression.span, 0, 1);
        return;
      }
      findings_.Error(expression.span, "'error' is known only in a process's own statements");
      break;
    case Kind::kBad:
      break;
  }
  Push(0, expression.span);
}

// 1 or 0.
void Generator::Truth(const Expression& expression) {
  Value(expression);
  if (IsTruth(expression)) return;
  Push(0, expression.span);
  Emit(Op::kNotEqual, expression.span, 2, 1);
}

// What need not be looked at is not: it costs no steps.
void Generator::Logic(const Expression& expression) {
  const Expression& left = *expression.operands[0];
  const Expression& right = *expression.operands[1];
  const bool deciding = expression.kind == Kind::kOr;
  if (const auto decided = Decided(left, scope_, findings_)) {
    if (*decided == deciding) return Push(deciding ? 1 : 0, expression.span);
    return Truth(right);
  }
  Value(left);
  if (deciding) Emit(Op::kNot, left.span, 1, 1);
  const int to_decided = Emit(Op::kJumpIfZero, left.span, 1, 0);
  Truth(right);
  const int to_end = Emit(Op::kJump, expression.span, 0, 0);
  LandHere(to_decided);
  --depth_;  // it comes by one way or the other
  Push(deciding ? 1 : 0, expression.span);
  LandHere(to_end);
}

void Generator::Binary(const Expression& expression) {
  if (expression.op != Op::kEqual && expression.op != Op::kNotEqual) {
    for (const Expression* const each : expression.operands) NoString(expression, *each);
  }
  for (const Expression* const each : expression.operands) Value(*each);
  Emit(expression.op, expression.span, 2, 1);
}

void Generator::NoString(const Expression& expression, const Expression& operand) {
  if (operand.kind != Kind::kString) return;
  findings_.Error(expression.span, "a string is no number",
                  "strings can be sent, compared by == and !=, and printed");
}

void Generator::Call(const Expression& call, bool wants_value) {
  const int before = depth_;
  const OperationForm* const form = FindOperation(call.name.text);
  if (form == nullptr) {
    std::vector<std::string> names;
    for (const OperationForm& each : AllOperations()) names.emplace_back(each.name);
    std::string hint(HintForForeignWord(call.name.text));
    if (hint.empty()) hint = findings_.DidYouMean(call.name.text, names);
    if (hint.empty() && IsReserved(call.name.text)) hint = "it is a word of the language";
    findings_.Error(call.name.span, Sentence("there is no operation '", call.name.text, "'"), hint);
  } else if (Fits(call, *form, wants_value)) {
    if (form->op == Op::kAwait) return Await(call);
    Operate(call, *form);
    if (form->gives_value && !wants_value) Emit(Op::kDrop, call.span, 1, 0);
    return;
  }
  depth_ = before;
  if (wants_value) Push(0, call.span);
}

// Says what does not.
bool Generator::Fits(const Expression& call, const OperationForm& form, bool wants_value) {
  const auto count = static_cast<int>(call.operands.size());
  const std::string usage = Sentence("it is written ", form.usage);
  if (place_ != Place::kProcess) {
    findings_.Error(call.span,
                    Sentence("'", form.name, "' cannot stand in ",
                             place_ == Place::kAwait ? "await" : "a check"),
                    "an operation is a step of its own; here shared cells are only looked at");
  } else if (count < form.needed || count > form.most) {
    const std::string most = form.most > form.needed ? Sentence(" or ", form.most) : "";
    findings_.Error(call.span,
                    Sentence("'", form.name, "' takes ", form.needed, most,
                             form.most == 1 ? " argument, not " : " arguments, not ", count),
                    usage);
  } else if (wants_value && !form.gives_value) {
    findings_.Error(call.span, Sentence("'", form.name, "' gives no value"),
                    "it stands alone, as a statement");
  } else {
    return true;
  }
  return false;
}

// The expression stands before the label, and is jumped over.
void Generator::Await(const Expression& call) {
  const int over = Emit(Op::kJump, call.span, 0, 0);
  const int first = Here();
  const int before = std::exchange(depth_, 0);
  place_ = Place::kAwait;
  Value(*call.operands[0]);
  Emit(Op::kEndExpression, call.span, 1, 0);
  place_ = Place::kProcess;
  depth_ = before;
  LandHere(over);
  Emit(Op::kAwait, call.span, 0, 0, first);
}

void Generator::Operate(const Expression& call, const OperationForm& form) {
  const int before = depth_;
  Target first, second;
  for (size_t i = 0; i < call.operands.size(); ++i) {
    const Expression& operand = *call.operands[i];
    if (form.operands[i] == Operand::kValue) {
      Value(operand);
    } else {
      (i == 0 ? first : second) = ObjectOf(operand, form.operands[i], form.usage);
    }
  }
  Op op = form.op;
  if (op == Op::kSend && call.operands.size() == 2) Push(0, call.span);
  if (op == Op::kReceive && call.operands.size() == 2) op = Op::kReceiveType;
  if ((op == Op::kFutexWait || op == Op::kFutexWake) && first.object >= 0) {
    program_.objects[static_cast<size_t>(first.object)].sleeps = true;
  }
  Emit(op, call.span, depth_ - before, form.gives_value ? 1 : 0);
  Instruction& instruction = program_.code.back();
  instruction.object = static_cast<int16_t>(first.object);
  instruction.elements = first.elements;
  instruction.second = static_cast<int16_t>(second.object);
  instruction.second_elements = second.elements;
}

}  // namespace ipclab::lang
