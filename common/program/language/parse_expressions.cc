// Expressions: C's operators and precedence.

#include <algorithm>
#include <array>
#include <utility>

#include "common/program/language/parser.h"
#include "common/program/language/sentence.h"
#include "common/program/language/vocabulary.h"

namespace ipclab::lang {
namespace {

using Kind = Expression::Kind;

// Operators without parentheses between them make a tree as high as they are many.
constexpr int kHighest = 256;

struct BinarySign {
  std::string_view sign;
  int binds;  // how strongly
  Kind kind;
  Op op;
};
constexpr int kEquality = 3;
constexpr int kRelation = 4;
constexpr std::array<BinarySign, 13> kBinarySigns = {{
    {"||", 1, Kind::kOr, Op::kPush},
    {"&&", 2, Kind::kAnd, Op::kPush},
    {"==", kEquality, Kind::kBinary, Op::kEqual},
    {"!=", kEquality, Kind::kBinary, Op::kNotEqual},
    {"<", kRelation, Kind::kBinary, Op::kLess},
    {"<=", kRelation, Kind::kBinary, Op::kLessEqual},
    {">", kRelation, Kind::kBinary, Op::kGreater},
    {">=", kRelation, Kind::kBinary, Op::kGreaterEqual},
    {"+", 5, Kind::kBinary, Op::kAdd},
    {"-", 5, Kind::kBinary, Op::kSubtract},
    {"*", 6, Kind::kBinary, Op::kMultiply},
    {"/", 6, Kind::kBinary, Op::kDivide},
    {"%", 6, Kind::kBinary, Op::kRemainder},
}};

const BinarySign* FindBinarySign(const Token& token) {
  if (token.kind != TokenKind::kSign) return nullptr;
  const auto* const found =
      std::find_if(kBinarySigns.begin(), kBinarySigns.end(),
                   [&token](const BinarySign& each) { return each.sign == token.text; });
  return found == kBinarySigns.end() ? nullptr : found;
}

// What is no operator here, though it is in other languages.
std::string_view HintFor(std::string_view sign) {
  if (sign == "=") return "== compares; = assigns, and stands only at the beginning of a statement";
  if (sign == "&") return "did you mean '&&'?";
  if (sign == "|") return "did you mean '||'?";
  if (sign == "?") return "there is no '?:'; use if and else";
  if (sign == "^" || sign == "~" || sign == "<<" || sign == ">>") {
    return "there are no operators on bits";
  }
  if (sign == "=>") return "did you mean '>='?";
  if (sign == "++" || sign == "--") return "write x = x + 1: that is a read and a write, two steps";
  return "";
}

}  // namespace

const Expression* Parser::LoneExpression() {
  const Expression* const expression = Value();
  if (!panic_ && !AtEnd()) FailExpecting("an operator or the end");
  return panic_ ? nullptr : expression;
}

const Expression* Parser::Value() {
  const Expression* const value = Binary(1);
  if (!panic_ && Now().kind == TokenKind::kSign && !Now().starts_line) {
    const std::string_view hint = HintFor(Now().text);
    if (!hint.empty()) {
      Fail(Now().span, Sentence("'", Now().text, "' is no operator of a value"), std::string(hint));
    }
  }
  return value;
}

const Expression* Parser::Binary(int least) {
  const Expression* left = Unary();
  while (!panic_) {
    const BinarySign* const sign = FindBinarySign(Now());
    if (sign == nullptr || sign->binds < least) break;
    const SourceSpan place = Now().span;
    const bool compares = sign->binds == kEquality || sign->binds == kRelation;
    if (compares && compared_ == left) {
      Fail(place, "comparisons cannot follow each other",
           "write a < b && b < c, or put one in parentheses");
      break;
    }
    ++at_;
    const Expression* const right = Binary(sign->binds + 1);
    Expression& both = NewExpression(sign->kind, Cover(left->span, right->span));
    both.op = sign->op;
    both.operands = {left, right};
    both.height = std::max(left->height, right->height) + 1;
    if (both.height > kHighest) {
      Fail(place, Sentence("more than ", kHighest, " operators in one expression"),
           "compute it in several statements");
    }
    left = &both;
    if (compares) compared_ = &both;
  }
  return left;
}

const Expression* Parser::Unary() {
  if (!Sees("-") && !Sees("!")) return Primary();
  if (TooDeep()) return Bad();
  const Token& sign = Now();
  ++at_;
  if (sign.text == "-" && Now().kind == TokenKind::kNumber) {
    return Number(true);
  }
  ++depth_;
  const Expression* const operand = Unary();
  --depth_;
  Expression& whole = NewExpression(Kind::kUnary, Cover(sign.span, operand->span));
  whole.op = sign.text == "-" ? Op::kNegate : Op::kNot;
  whole.operands = {operand};
  whole.height = operand->height + 1;
  return &whole;
}

const Expression* Parser::Number(bool negative) {
  const Token& token = Now();
  ++at_;
  constexpr uint64_t kTooLarge = uint64_t{1} << 63;
  if (token.number == kTooLarge && !negative) {
    Fail(token.span, "this number does not fit in 64 bits", "the largest is 9223372036854775807");
  }
  Expression& number = NewExpression(Kind::kNumber, token.span);
  if (negative) number.span = Cover(tokens_[at_ - 2].span, token.span);
  number.number = static_cast<int64_t>(negative ? 0 - token.number : token.number);
  return &number;
}

const Expression* Parser::Primary() {
  if (panic_) return Bad();
  // A line may end behind an operator, a comma or an opening bracket, not behind "=".
  const bool cut = Now().starts_line && at_ > 0 && FindBinarySign(Last()) == nullptr &&
                   Last().text != "(" && Last().text != "[" && Last().text != "," &&
                   Last().text != "!";
  if (cut) {
    FailExpecting("a value");
    return Bad();
  }
  switch (Now().kind) {
    case TokenKind::kNumber:
      return Number(false);
    case TokenKind::kString: {
      const size_t first = at_;
      std::string text = Strings();
      Expression& string = NewExpression(Kind::kString, SpanFrom(first));
      string.string = std::move(text);
      return &string;
    }
    case TokenKind::kName:
      return Sees("variant") ? VariantTest() : NameOrCall();
    case TokenKind::kSign:
    case TokenKind::kEnd:
      break;
  }
  if (!Sees("(")) {
    FailExpecting("a value", std::string(HintFor(Now().text)));
    return Bad();
  }
  if (TooDeep()) return Bad();
  ++at_;
  ++depth_;
  const Expression* const inner = Value();
  --depth_;
  Expect(")", "");
  compared_ = nullptr;
  return inner;
}

const Expression* Parser::NameOrCall() {
  const size_t first = at_;
  const Token& token = Now();
  ++at_;
  if (Sees("(") && !Now().starts_line) {
    if (IsOfLaterVersion(token.text)) {
      Fail(token.span, Sentence("'", token.text, "' is not known yet to this version"));
      return Bad();
    }
    std::vector<const Expression*> arguments = Arguments(token.text);
    Expression& call = NewExpression(Kind::kCall, SpanFrom(first));
    call.name = {std::string(token.text), token.span};
    for (const Expression* const each : arguments)
      call.height = std::max(call.height, each->height + 1);
    call.operands = std::move(arguments);
    return &call;
  }
  const Kind kind = token.text == "self"    ? Kind::kSelf
                    : token.text == "error" ? Kind::kError
                                            : Kind::kName;
  Expression& name = NewExpression(kind, token.span);
  name.name = {std::string(token.text), token.span};
  if (token.text == "true" || token.text == "false") {
    name.kind = Kind::kNumber;
    name.number = token.text == "true" ? 1 : 0;
  }
  if (!Sees("[") || Now().starts_line) return &name;
  if (TooDeep()) return Bad();
  ++at_;
  ++depth_;
  const Expression* const index = Value();
  --depth_;
  Expect("]", "");
  name.kind = Kind::kElement;
  name.operands = {index};
  name.height = index->height + 1;
  name.span = SpanFrom(first);
  return &name;
}

const Expression* Parser::VariantTest() {
  const size_t first = at_;
  ++at_;
  const bool equal = Sees("==");
  if (!equal && !Sees("!=")) {
    Fail(SpanFrom(first), "'variant' can only be compared", "write variant == NAME");
    return Bad();
  }
  ++at_;
  const Name name = TakeName("the name of a variant");
  Expression& test = NewExpression(Kind::kVariantTest, SpanFrom(first));
  test.op = equal ? Op::kEqual : Op::kNotEqual;
  test.name = name;
  if (panic_) test.kind = Kind::kBad;
  return &test;
}

std::vector<const Expression*> Parser::Arguments(std::string_view of) {
  std::vector<const Expression*> arguments;
  if (TooDeep() || !Expect("(", Sentence("after ", of))) return arguments;
  ++depth_;
  if (!Sees(")")) {
    do {
      arguments.push_back(Value());
    } while (Take(","));
  }
  --depth_;
  if (!Take(")")) FailExpecting(arguments.empty() ? "')'" : "',' or ')'");
  return arguments;
}

std::string Parser::Strings() {
  std::string text;
  while (Now().kind == TokenKind::kString) {
    text += Now().string;
    ++at_;
  }
  return text;
}

Expression& Parser::NewExpression(Expression::Kind kind, const SourceSpan& span) {
  Expression& expression = syntax_.expressions.emplace_back();
  expression.kind = kind;
  expression.span = span;
  return expression;
}

const Expression* Parser::Bad() { return &NewExpression(Kind::kBad, Now().span); }

bool Parser::TooDeep() {
  if (depth_ < ProgramLimits::kNesting) return false;
  Fail(Now().span, Sentence("nested more than ", ProgramLimits::kNesting, " deep"),
       "compute it in several statements, or use fewer blocks in blocks");
  return true;
}

}  // namespace ipclab::lang
