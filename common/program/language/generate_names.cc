// What a name stands for, and whether it has a value yet.

#include <utility>

#include "common/program/language/generator.h"
#include "common/program/language/sentence.h"
#include "common/program/language/vocabulary.h"

namespace ipclab::lang {

using Kind = Expression::Kind;

int Generator::LocalFor(const Name& name) {
  const auto [found, is_new] =
      locals_.try_emplace(name.text, static_cast<int>(process_->locals.size()));
  if (is_new) process_->locals.push_back(name.text);
  uses_.try_emplace({process_->name, name.text}, LocalUse{name.span, false});
  return found->second;
}

// Those of loops that are over are used again: they are 0.
int Generator::HiddenLocal() {
  if (hidden_.empty()) {
    process_->locals.emplace_back();
    return static_cast<int>(process_->locals.size()) - 1;
  }
  const int local = hidden_.back();
  hidden_.pop_back();
  return local;
}

// What is no longer used is 0, so that equal situations are equal states.
void Generator::Release(int local, bool hidden, const SourceSpan& span) {
  Push(0, span);
  Emit(Op::kStore, span, 1, 0, local);
  flow_.Forget(static_cast<size_t>(local));
  if (hidden) hidden_.push_back(local);
}

bool Generator::CanBeLocal(const Name& name) {
  const auto object = scope_.objects.find(name.text);
  if (object != scope_.objects.end()) {
    const bool cells = object->second.kind == ObjectKind::kCells;
    if (cells && object->second.elements > 0) {
      findings_.Error(name.span, Sentence("'", name.text, "' is an array"),
                      Sentence("say which cell: ", name.text, "[0] = ..."));
    } else {
      findings_.Error(name.span,
                      Sentence("'", name.text, "' is ", KindWithArticle(object->second.kind),
                               ", no local variable"),
                      std::string(UsesOf(object->second.kind)));
    }
  } else if (scope_.parameters.contains(name.text)) {
    findings_.Error(name.span,
                    Sentence("'", name.text, "' is a parameter and cannot be assigned to"));
  } else if (scope_.processes.contains(name.text)) {
    findings_.Error(name.span, Sentence("'", name.text, "' is a process"));
  } else if (counters_.contains(name.text)) {
    findings_.Error(name.span,
                    Sentence("'", name.text, "' counts a loop and cannot be assigned to in it"),
                    "use another name");
  } else {
    return true;
  }
  return false;
}

void Generator::CollectAssigned(const Block& block) {
  for (const Statement* const statement : block) {
    if (statement->kind == Statement::Kind::kAssign && statement->target->kind == Kind::kName) {
      assigned_somewhere_.try_emplace(statement->target->name.text, statement->target->span);
    } else if (statement->kind == Statement::Kind::kRepeat && !statement->name.text.empty()) {
      assigned_somewhere_.try_emplace(statement->name.text, statement->name.span);
    }
    for (const Block& inner : statement->blocks) CollectAssigned(inner);
  }
}

std::vector<std::string> Generator::NamesHere() const {
  std::vector<std::string> names = scope_.Names();
  for (const auto& [name, _] : assigned_somewhere_) names.push_back(name);
  return names;
}

void Generator::Unknown(const Name& name) {
  if (findings_.full() || !said_.insert(name.text).second) return;
  if (place_ == Place::kCheck) {
    std::string hint = findings_.DidYouMean(name.text, scope_.Names());
    if (hint.empty()) hint = "checks see shared cells and parameters, not what processes keep";
    findings_.Error(name.span, Sentence("there is no shared cell '", name.text, "'"), hint);
    return;
  }
  const auto assigned = assigned_somewhere_.find(name.text);
  std::vector<std::string> names = scope_.Names();
  if (assigned != assigned_somewhere_.end()) {
    std::string hint = findings_.DidYouMean(name.text, names);
    if (hint.empty()) hint = Sentence("assign it before on every way: ", name.text, " = 0");
    findings_.Error(name.span, Sentence("'", name.text, "' may be read before it is assigned"),
                    hint);
    return;
  }
  names = NamesHere();
  names.insert(names.end(), ValueWords().begin(), ValueWords().end());
  std::string hint = findings_.DidYouMean(name.text, names);
  if (hint.empty()) hint = "a local is assigned before it is read; a shared cell is declared";
  findings_.Error(name.span, Sentence("there is no '", name.text, "'"), hint);
}

void Generator::LoadLocal(const Name& name, int local) {
  uses_[{process_->name, name.text}].read = true;
  if (!flow_.Has(static_cast<size_t>(local))) Unknown(name);
  Emit(Op::kLoad, name.span, 0, 1, local);
}

// The value of a name or of a cell of an array.
void Generator::LoadName(const Expression& expression) {
  const Name& name = expression.name;
  const bool indexed = expression.kind == Kind::kElement;
  if (const auto parameter = scope_.parameters.find(name.text);
      parameter != scope_.parameters.end() && !indexed) {
    used_.insert(name.text);
    return Push(parameter->second, expression.span);
  }
  if (scope_.objects.contains(name.text)) {
    const Target target = CellOf(expression);
    if (target.object < 0) return Push(0, expression.span);
    EmitOn(target, place_ == Place::kProcess ? Op::kRead : Op::kPeek, expression.span, 0, 1);
    return;
  }
  const auto local = locals_.find(name.text);
  const bool is_local = process_ != nullptr && local != locals_.end();
  if (is_local && !indexed) return LoadLocal(name, local->second);
  if (place_ == Place::kCheck && !indexed && name.text == "deadlock") {
    Emit(Op::kDeadlocked, expression.span, 0, 1);
    return;
  }
  if (scope_.processes.contains(name.text)) {
    findings_.Error(name.span, Sentence("'", name.text, "' is a process and has no value"));
  } else if (indexed && (is_local || scope_.parameters.contains(name.text))) {
    findings_.Error(name.span, Sentence("'", name.text, "' is no array"),
                    "arrays are shared: shared a[5]");
  } else if (FindOperation(name.text) != nullptr) {
    findings_.Error(name.span, Sentence("expected '(' after '", name.text, "'"),
                    Sentence("it is written ", FindOperation(name.text)->usage));
  } else if (IsOfLaterVersion(name.text)) {
    findings_.Error(name.span, Sentence("'", name.text, "' is not known yet to this version"));
  } else {
    Unknown(name);
  }
  Push(0, expression.span);
}

Generator::Target Generator::CellOf(const Expression& expression) {
  return ObjectOf(expression, Operand::kCell, "");
}

// Its index, if it has one, is left on the stack. No object where it is none of that kind.
Generator::Target Generator::ObjectOf(const Expression& expression, Operand operand,
                                      std::string_view usage) {
  if (expression.kind == Kind::kBad) return {};
  const Name& name = expression.name;
  const auto found = scope_.objects.find(name.text);
  const bool is_name = expression.kind == Kind::kName || expression.kind == Kind::kElement;
  if (!is_name || found == scope_.objects.end()) {
    if (is_name && !said_.insert(name.text).second) return {};
    std::string hint = findings_.DidYouMean(name.text, scope_.Names());
    if (hint.empty() && !usage.empty()) hint = Sentence("it is written ", usage);
    if (usage.empty()) {
      if (hint.empty()) hint = Sentence("arrays are shared: shared ", name.text, "[5]");
      findings_.Error(name.span, Sentence("there is no array '", name.text, "'"), hint);
      return {};
    }
    findings_.Error(expression.span, Sentence("expected the name of ", OperandWithArticle(operand)),
                    hint);
    return {};
  }
  used_.insert(name.text);
  const ObjectName& object = found->second;
  if (!Takes(operand, object.kind)) {
    findings_.Error(
        expression.span,
        Sentence(
            "'", name.text, "' is ", KindWithArticle(object.kind), "; expected ",
            operand == Operand::kCell && usage.empty() ? "a value" : OperandWithArticle(operand)),
        std::string(UsesOf(object.kind)));
    return {};
  }
  return Indexed(expression, object);
}

Generator::Target Generator::Indexed(const Expression& expression, const ObjectName& object) {
  const bool indexed = expression.kind == Kind::kElement;
  const std::string& name = expression.name.text;
  if (indexed != (object.elements > 0)) {
    findings_.Error(expression.span,
                    Sentence("'", name, indexed ? "' is no array" : "' is an array"),
                    indexed ? "" : Sentence("say which: ", name, "[0]"));
    return {};
  }
  if (indexed) {
    const Expression& index = *expression.operands[0];
    Value(index);
    if (index.kind == Kind::kNumber && (index.number < 0 || index.number >= object.elements)) {
      findings_.Error(index.span, Sentence("'", name, "' has no [", index.number, "]"),
                      Sentence("it has ", object.elements, ", from 0 to ", object.elements - 1));
    }
  }
  return {object.first, object.elements};
}

}  // namespace ipclab::lang
