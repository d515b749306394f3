// Statements.

#include <utility>

#include "common/program/language/declare.h"
#include "common/program/language/generator.h"
#include "common/program/language/sentence.h"

namespace ipclab::lang {

using StatementKind = Statement::Kind;

namespace {

constexpr int kMostPrinted = 6;  // values of one print; see PrintLog

}  // namespace

void Generator::Statements(const Block& block) {
  for (const Statement* const statement : block) One(*statement);
}

void Generator::One(const Statement& statement) {
  switch (statement.kind) {
    case StatementKind::kAssign:
      return Assign(statement);
    case StatementKind::kCall:
      return Call(*statement.expressions[0], false);
    case StatementKind::kIf:
      return If(statement);
    case StatementKind::kWhile:
      return While(statement);
    case StatementKind::kRepeat:
      return Repeat(statement);
    case StatementKind::kBreak:
      return Break(statement);
    case StatementKind::kPrint:
      return Print(statement);
    case StatementKind::kAssert:
      return Assert(statement);
    case StatementKind::kCritical:
      return Critical(statement);
  }
}

void Generator::Assign(const Statement& statement) {
  const Expression& target = *statement.target;
  const Expression& value = *statement.expressions[0];
  const auto object = scope_.objects.find(target.name.text);
  const bool cell = object != scope_.objects.end() && object->second.kind == ObjectKind::kCells;
  if (target.kind == Expression::Kind::kElement || (cell && object->second.elements == 0)) {
    const int before = depth_;
    const Target cells = CellOf(target);
    Value(value);
    if (cells.object >= 0) EmitOn(cells, Op::kWrite, statement.span, 1, 0);
    depth_ = before;
    return;
  }
  Value(value);
  if (target.kind != Expression::Kind::kName) {
    findings_.Error(target.span, "this cannot be assigned to");
  }
  if (target.kind != Expression::Kind::kName || !CanBeLocal(target.name)) {
    Emit(Op::kDrop, statement.span, 1, 0);
    return;
  }
  const int local = LocalFor(target.name);
  Emit(Op::kStore, statement.span, 1, 0, local);
  flow_.Assign(static_cast<size_t>(local));
}

void Generator::If(const Statement& statement) {
  std::vector<int> to_end;
  Flow after;
  after.reachable = false;
  size_t i = 0;
  for (; i < statement.expressions.size(); ++i) {
    const Expression& condition = *statement.expressions[i];
    // What the variant decides is decided here: the way that is not taken has no code.
    const auto decided = Decided(condition, scope_, findings_);
    if (decided == false) continue;
    if (decided == true) break;
    Value(condition);
    const int to_next = Emit(Op::kJumpIfZero, condition.span, 1, 0);
    const Flow before = flow_;
    Statements(statement.blocks[i]);
    after.Join(flow_);
    flow_ = before;
    to_end.push_back(Emit(Op::kJump, condition.span, 0, 0));
    LandHere(to_next);
  }
  if (i < statement.blocks.size()) Statements(statement.blocks[i]);
  flow_.Join(after);
  for (const int jump : to_end) LandHere(jump);
}

void Generator::While(const Statement& statement) {
  const Expression& condition = *statement.expressions[0];
  const auto decided = Decided(condition, scope_, findings_);
  if (decided == false) return;
  const int start = Here();
  int to_end = -1;
  Flow skipped = flow_;
  if (!decided) {
    Value(condition);
    to_end = Emit(Op::kJumpIfZero, condition.span, 1, 0);
  } else {
    skipped.reachable = false;
  }
  loops_.push_back({Flow{false, {}}, {}, criticals_.size()});
  Statements(statement.blocks[0]);
  Emit(Op::kJump, condition.span, 0, 0, start);
  EndOfLoop(to_end, skipped);
}

// Leaves the critical sections that it leads out of, each a step.
void Generator::Break(const Statement& statement) {
  if (loops_.empty()) {
    findings_.Error(statement.span, "'break' stands outside of a loop",
                    "it ends the while or repeat around it");
    return;
  }
  Loop& loop = loops_.back();
  for (size_t i = criticals_.size(); i > loop.criticals; --i) {
    EmitOn({criticals_[i - 1], 0}, Op::kLeave, statement.span, 0, 0);
  }
  loop.breaks.push_back(Emit(Op::kJump, statement.span, 0, 0));
  loop.left.Join(flow_);
  flow_.reachable = false;
}

void Generator::Print(const Statement& statement) {
  std::vector<PrintPiece> pieces;
  int values = 0;
  const auto add_text = [&pieces](const std::string& text) {
    if (pieces.empty() || pieces.back().is_value) pieces.emplace_back();
    pieces.back().text += text;
  };
  for (size_t i = 0; i < statement.expressions.size(); ++i) {
    const Expression& each = *statement.expressions[i];
    if (i > 0) add_text(" ");
    if (each.kind == Expression::Kind::kString) {
      add_text(each.string);
      continue;
    }
    Value(each);
    pieces.push_back({"", true});
    if (++values == kMostPrinted + 1) {
      findings_.Error(each.span, Sentence("more than ", kMostPrinted, " values in one print"),
                      "print the others by another");
    }
  }
  Emit(Op::kPrint, statement.span, values, 0, static_cast<int64_t>(program_.prints.size()));
  program_.prints.push_back(std::move(pieces));
}

void Generator::Assert(const Statement& statement) {
  Value(*statement.expressions[0]);
  Emit(Op::kAssert, statement.span, 1, 0, static_cast<int64_t>(program_.checks.size()));
  program_.checks.push_back({CheckKind::kAssert, statement.text, -1, statement.span});
}

void Generator::Critical(const Statement& statement) {
  const int object = CriticalObject(statement);
  if (object >= 0) EmitOn({object, 0}, Op::kEnter, statement.span, 0, 0);
  criticals_.push_back(object);
  Statements(statement.blocks[0]);
  criticals_.pop_back();
  if (object >= 0) EmitOn({object, 0}, Op::kLeave, statement.span, 0, 0);
}

// How many may be inside at once, where it is said and may be; else 0.
int Generator::MostInside(const Statement& statement) {
  if (statement.expressions.empty()) return 0;
  const Expression& expression = *statement.expressions[0];
  const auto most = Constant(expression, "the most who may be inside", scope_, used_, findings_);
  if (!most) return 0;
  if (*most >= 1 && *most <= ProgramLimits::kWorkers) return static_cast<int>(*most);
  findings_.Error(expression.span, Sentence("the most who may be inside is ", *most,
                                            "; it can be 1 to ", ProgramLimits::kWorkers));
  return 0;
}

// It is declared where it is first entered, unless it was before.
int Generator::CriticalObject(const Statement& statement) {
  const Name& name = statement.name;
  const int most = MostInside(statement);
  const auto found = scope_.objects.find(name.text);
  if (found != scope_.objects.end()) {
    used_.insert(name.text);
    const int object = found->second.first;
    const ProgramObject& declared = program_.objects[static_cast<size_t>(object)];
    if (declared.kind != ObjectKind::kCritical || found->second.elements > 0) {
      findings_.Error(
          name.span,
          Sentence("'", name.text, "' is ", found->second.elements > 0 ? "an array, not " : "",
                   KindWithArticle(declared.kind)),
          "give the critical section a name of its own");
      return -1;
    }
    if (most != 0 && declared.size != most) {
      findings_.Error(
          statement.expressions[0]->span,
          Sentence("'", name.text, "' has max ", declared.size, " on line ", declared.span.line));
    }
    return object;
  }
  if (scope_.parameters.contains(name.text) || scope_.processes.contains(name.text)) {
    findings_.Error(name.span, Sentence("'", name.text, "' is declared already"),
                    "give the critical section a name of its own");
    return -1;
  }
  ProgramObject object;
  object.name = object.array = name.text;
  object.kind = ObjectKind::kCritical;
  object.size = most == 0 ? 1 : most;
  object.span = name.span;
  if (!AddObject(std::move(object), program_, findings_)) return -1;
  const int index = static_cast<int>(program_.objects.size()) - 1;
  scope_.objects[name.text] = {ObjectKind::kCritical, index, 0};
  used_.insert(name.text);
  return index;
}

}  // namespace ipclab::lang
