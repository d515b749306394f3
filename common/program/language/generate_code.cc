// Instructions, jumps, and the code of a process as a whole.

#include <algorithm>
#include <utility>

#include "common/program/language/generator.h"
#include "common/program/language/sentence.h"

namespace ipclab::lang {

void Flow::Assign(size_t local) {
  assigned.resize(std::max(assigned.size(), local / 64 + 1));
  assigned[local / 64] |= uint64_t{1} << (local % 64);
}

void Flow::Forget(size_t local) {
  if (local / 64 < assigned.size()) assigned[local / 64] &= ~(uint64_t{1} << (local % 64));
}

void Flow::Join(const Flow& other) {
  if (!other.reachable) return;
  if (!reachable) {
    *this = other;
    return;
  }
  assigned.resize(std::min(assigned.size(), other.assigned.size()));
  for (size_t i = 0; i < assigned.size(); ++i) assigned[i] &= other.assigned[i];
}

Generator::Generator(Scope scope, Program& program, UsedNames& used, LocalUses& uses,
                     Findings& findings)
    : scope_(std::move(scope)), program_(program), used_(used), uses_(uses), findings_(findings) {
  for (size_t i = 0; i < program.strings.size(); ++i) {
    strings_[program.strings[i]] = kStringBase + static_cast<int64_t>(i);
  }
}

void Generator::Process(const ProcessSyntax& syntax, ProgramProcess& process) {
  process_ = &process;
  place_ = Place::kProcess;
  locals_.clear();
  assigned_somewhere_.clear();
  said_.clear();
  hidden_.clear();
  flow_ = Flow();
  depth_ = 0;
  CollectAssigned(syntax.body);
  process.entry = Here();
  Statements(syntax.body);
  Emit(Op::kExit, syntax.name.span, 0, 0);
  place_ = Place::kCheck;
  process_ = nullptr;
}

int Generator::InOneGo(const Expression& expression) {
  const int first = Here();
  depth_ = 0;
  Value(expression);
  Emit(Op::kEndExpression, expression.span, 1, 0);
  return first;
}

int Generator::Emit(Op op, const SourceSpan& span, int pops, int pushes, int64_t value) {
  Instruction instruction;
  instruction.op = op;
  instruction.value = value;
  instruction.span = span;
  program_.code.push_back(instruction);
  depth_ += pushes - pops;
  if (depth_ > ProgramLimits::kTemporaries) {
    findings_.Error(
        span,
        Sentence("more than ", ProgramLimits::kTemporaries, " values at once in one expression"),
        "compute it in several statements");
  }
  if (process_ != nullptr) process_->stack = std::max(process_->stack, depth_);
  return Here() - 1;
}

int Generator::EmitOn(const Target& target, Op op, const SourceSpan& span, int pops, int pushes) {
  const int index = Emit(op, span, pops + (target.elements > 0 ? 1 : 0), pushes);
  program_.code.back().object = static_cast<int16_t>(target.object);
  program_.code.back().elements = target.elements;
  return index;
}

void Generator::LandHere(int jump) { program_.code[static_cast<size_t>(jump)].value = Here(); }

int64_t Generator::Intern(const std::string& text) {
  const auto [found, is_new] =
      strings_.try_emplace(text, kStringBase + static_cast<int64_t>(program_.strings.size()));
  if (is_new) program_.strings.push_back(text);
  return found->second;
}

}  // namespace ipclab::lang
