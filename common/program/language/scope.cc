#include "common/program/language/scope.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "common/program/language/sentence.h"
#include "common/program/machine/arithmetic.h"

namespace ipclab::lang {
namespace {

using Kind = Expression::Kind;

bool TestVariant(const Expression& test, const Scope& scope, Findings& findings) {
  const std::string& name = test.name.text;
  const auto& variants = scope.variants;
  if (std::find(variants.begin(), variants.end(), name) == variants.end()) {
    std::string hint = findings.DidYouMean(name, variants);
    if (hint.empty()) {
      hint = variants.empty() ? Sentence("declare them: variant ", name, ", another")
                              : Sentence("there are ", absl::StrJoin(variants, ", "));
    }
    findings.Error(test.name.span, Sentence("there is no variant '", name, "'"), hint);
  }
  return (scope.variant == name) == (test.op == Op::kEqual);
}

// Finds a value without saying what is wrong; culprit is what has none.
class Folding {
 public:
  Folding(const Scope& scope, UsedNames& used, Findings& findings)
      : scope_(scope), used_(used), findings_(findings) {}

  const Expression* culprit = nullptr;

  std::optional<int64_t> Of(const Expression& expression) {
    switch (expression.kind) {
      case Kind::kNumber:
        return expression.number;
      case Kind::kVariantTest:
        return TestVariant(expression, scope_, findings_) ? 1 : 0;
      case Kind::kName: {
        const auto parameter = scope_.parameters.find(expression.name.text);
        if (parameter == scope_.parameters.end()) break;
        used_.insert(expression.name.text);
        return parameter->second;
      }
      case Kind::kUnary: {
        const auto value = Of(*expression.operands[0]);
        if (!value) return value;
        return expression.op == Op::kNot ? *value == 0 : *Calculate(Op::kSubtract, 0, *value);
      }
      case Kind::kBinary:
      case Kind::kAnd:
      case Kind::kOr:
        return OfBoth(expression);
      default:
        break;
    }
    if (culprit == nullptr) culprit = &expression;
    return std::nullopt;
  }

 private:
  std::optional<int64_t> OfBoth(const Expression& expression) {
    const auto left = Of(*expression.operands[0]);
    const auto right = Of(*expression.operands[1]);
    if (!left || !right) return std::nullopt;
    if (expression.kind == Kind::kAnd) return *left != 0 && *right != 0;
    if (expression.kind == Kind::kOr) return *left != 0 || *right != 0;
    const auto value = Calculate(expression.op, *left, *right);
    if (!value && culprit == nullptr) culprit = &expression;
    return value;
  }

  const Scope& scope_;
  UsedNames& used_;
  Findings& findings_;
};

}  // namespace

std::vector<std::string> Scope::Names() const {
  std::vector<std::string> names;
  for (const auto& [name, _] : objects) names.push_back(name);
  for (const auto& [name, _] : parameters) names.push_back(name);
  return names;
}

Scope ScopeOf(const Program& program) {
  Scope scope;
  for (size_t i = 0; i < program.objects.size(); ++i) {
    const ProgramObject& object = program.objects[i];
    const int index = static_cast<int>(i);
    ObjectName& name =
        scope.objects.try_emplace(object.array, ObjectName{object.kind, index, 0}).first->second;
    if (object.name != object.array) ++name.elements;
    if (object.kind == ObjectKind::kCells && object.is_array) name.elements = object.size;
  }
  for (const Parameter& each : program.parameters) scope.parameters[each.name] = each.value;
  for (const ProgramProcess& each : program.processes) scope.processes.insert(each.name);
  scope.variants = program.text.variants;
  scope.variant = program.variant;
  return scope;
}

std::optional<bool> Decided(const Expression& expression, const Scope& scope, Findings& findings) {
  switch (expression.kind) {
    case Kind::kNumber:
      return expression.number != 0;
    case Kind::kVariantTest:
      return TestVariant(expression, scope, findings);
    case Kind::kUnary: {
      if (expression.op != Op::kNot) return std::nullopt;
      const auto operand = Decided(*expression.operands[0], scope, findings);
      if (!operand) return operand;
      return !*operand;
    }
    case Kind::kAnd:
    case Kind::kOr: {
      // What decides on the left decides alone; what would on the right comes after steps.
      const bool deciding = expression.kind == Kind::kOr;
      const auto left = Decided(*expression.operands[0], scope, findings);
      if (!left || *left == deciding) return left;
      return Decided(*expression.operands[1], scope, findings);
    }
    default:
      return std::nullopt;
  }
}

std::optional<int64_t> Known(const Expression& expression, const Scope& scope, UsedNames& used,
                             Findings& findings) {
  return Folding(scope, used, findings).Of(expression);
}

std::optional<int64_t> Constant(const Expression& expression, std::string_view what,
                                const Scope& scope, UsedNames& used, Findings& findings) {
  Folding folding(scope, used, findings);
  const auto value = folding.Of(expression);
  if (value) return value;
  const Expression& culprit = *folding.culprit;
  if (culprit.kind == Kind::kBad) return value;
  if (culprit.kind == Kind::kBinary) {
    findings.Error(culprit.span, Sentence(what, " divides by zero"));
  } else {
    std::string hint;
    if (culprit.kind == Kind::kName) hint = findings.DidYouMean(culprit.name.text, scope.Names());
    if (hint.empty()) hint = "it is made of numbers and parameters: 2 * workers";
    findings.Error(culprit.span, Sentence(what, " must be known before the program runs"), hint);
  }
  return value;
}

std::optional<int64_t> Calculate(Op op, int64_t a, int64_t b) {
  const bool divides = op == Op::kDivide || op == Op::kRemainder;
  if (!IsBinary(op) || (divides && b == 0)) return std::nullopt;
  return Binary(op, a, b);
}

}  // namespace ipclab::lang
