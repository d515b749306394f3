// Counted loops. Counters are locals, and 0 when the loop is over.

#include <optional>
#include <utility>

#include "common/program/language/generator.h"

namespace ipclab::lang {

void Generator::Repeat(const Statement& statement) {
  if (statement.name.text.empty()) {
    RepeatDown(statement);
  } else {
    RepeatAs(statement);
  }
}

// Without a name one local counts down.
void Generator::RepeatDown(const Statement& statement) {
  const SourceSpan& span = statement.span;
  const int left = HiddenLocal();
  Value(*statement.expressions[0]);
  Emit(Op::kStore, span, 1, 0, left);
  const int start = Here();
  Emit(Op::kLoad, span, 0, 1, left);
  Push(0, span);
  Emit(Op::kGreater, span, 2, 1);
  const int to_end = Emit(Op::kJumpIfZero, span, 1, 0);
  const Flow skipped = flow_;
  loops_.push_back({Flow{false, {}}, {}, criticals_.size()});
  Statements(statement.blocks[0]);
  Emit(Op::kLoad, span, 0, 1, left);
  Push(1, span);
  Emit(Op::kSubtract, span, 2, 1);
  Emit(Op::kStore, span, 1, 0, left);
  Emit(Op::kJump, span, 0, 0, start);
  EndOfLoop(to_end, skipped);
  Release(left, true, span);
}

// With a name that counts up, and another local keeps the end where it is not known before.
void Generator::RepeatAs(const Statement& statement) {
  const SourceSpan& span = statement.span;
  const Expression& count = *statement.expressions[0];
  const auto known = Known(count, scope_, used_, findings_);
  const int end = known ? -1 : HiddenLocal();
  if (!known) {
    Value(count);
    Emit(Op::kStore, span, 1, 0, end);
  }
  const bool named = CanBeLocal(statement.name);
  const int counter = named ? LocalFor(statement.name) : HiddenLocal();
  // Who counts need not look at the number.
  if (named) uses_[{process_->name, statement.name.text}].read = true;
  Push(0, span);
  Emit(Op::kStore, span, 1, 0, counter);
  flow_.Assign(static_cast<size_t>(counter));
  const int start = Here();
  Emit(Op::kLoad, span, 0, 1, counter);
  if (known) {
    Push(*known, span);
  } else {
    Emit(Op::kLoad, span, 0, 1, end);
  }
  Emit(Op::kLess, span, 2, 1);
  const int to_end = Emit(Op::kJumpIfZero, span, 1, 0);
  const Flow skipped = flow_;
  loops_.push_back({Flow{false, {}}, {}, criticals_.size()});
  const bool counts = named && counters_.insert(statement.name.text).second;
  Statements(statement.blocks[0]);
  if (counts) counters_.erase(statement.name.text);
  Emit(Op::kLoad, span, 0, 1, counter);
  Push(1, span);
  Emit(Op::kAdd, span, 2, 1);
  Emit(Op::kStore, span, 1, 0, counter);
  Emit(Op::kJump, span, 0, 0, start);
  EndOfLoop(to_end, skipped);
  Release(counter, !named, span);
  if (!known) Release(end, true, span);
}

// exit_jump: where the condition fails; -1: it never does.
void Generator::EndOfLoop(int exit_jump, const Flow& skipped) {
  const Loop loop = std::move(loops_.back());
  loops_.pop_back();
  flow_ = skipped;
  flow_.Join(loop.left);
  if (exit_jump >= 0) LandHere(exit_jump);
  for (const int jump : loop.breaks) LandHere(jump);
}

}  // namespace ipclab::lang
