// From syntax to instructions, for one variant, and all that is wrong with names, kinds and counts
// on the way. Private to generate_*.cc and compile.cc.
//
// The order of steps is the order of emission: operands from left to right, then the operation.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/program/language/findings.h"
#include "common/program/language/operations.h"
#include "common/program/language/scope.h"
#include "common/program/language/syntax.h"
#include "common/program/program.h"

namespace ipclab::lang {

// What became of the locals of each process in any variant, for warnings; by process and name.
struct LocalUse {
  SourceSpan assigned;
  bool read = false;
};
using LocalUses = std::map<std::pair<std::string, std::string>, LocalUse>;

// Which locals have a value for certain, where the code stands.
struct Flow {
  bool reachable = true;
  std::vector<uint64_t> assigned;  // as bits

  bool Has(size_t local) const {
    const size_t word = local / 64;
    return !reachable || (word < assigned.size() && (assigned[word] >> (local % 64) & 1) != 0);
  }
  void Assign(size_t local);
  void Forget(size_t local);
  // Where this way and the other one come together.
  void Join(const Flow& other);
};

class Generator {
 public:
  // All are borrowed; the program has its declarations.
  Generator(Scope scope, Program& program, UsedNames& used, LocalUses& uses, Findings& findings);

  // The code of a process.
  void Process(const ProcessSyntax& syntax, ProgramProcess& process);

  // An expression that is evaluated in one go; its first instruction.
  int InOneGo(const Expression& expression);

 private:
  enum class Place : uint8_t { kProcess, kAwait, kCheck };
  struct Loop {
    Flow left;  // by break
    std::vector<int> breaks;
    size_t criticals;  // that it stands in
  };
  struct Target {
    int object = -1;
    int elements = 0;
  };

  // generate_code.cc
  int Emit(Op op, const SourceSpan& span, int pops, int pushes, int64_t value = 0);
  int EmitOn(const Target& target, Op op, const SourceSpan& span, int pops, int pushes);
  int Here() const { return static_cast<int>(program_.code.size()); }
  void LandHere(int jump);
  void Push(int64_t value, const SourceSpan& span) { Emit(Op::kPush, span, 0, 1, value); }
  int64_t Intern(const std::string& text);

  // generate_names.cc
  int LocalFor(const Name& name);
  int HiddenLocal();
  void Release(int local, bool hidden, const SourceSpan& span);
  bool CanBeLocal(const Name& name);
  void CollectAssigned(const Block& block);
  void Unknown(const Name& name);
  std::vector<std::string> NamesHere() const;
  void LoadName(const Expression& expression);
  void LoadLocal(const Name& name, int local);
  Target CellOf(const Expression& expression);
  Target ObjectOf(const Expression& expression, Operand operand, std::string_view usage);
  Target Indexed(const Expression& expression, const ObjectName& object);

  // generate_expressions.cc
  void Value(const Expression& expression);
  void Truth(const Expression& expression);
  void Logic(const Expression& expression);
  void Binary(const Expression& expression);
  void NoString(const Expression& expression, const Expression& operand);
  void Call(const Expression& call, bool wants_value);
  bool Fits(const Expression& call, const OperationForm& form, bool wants_value);
  void Await(const Expression& call);
  void Operate(const Expression& call, const OperationForm& form);

  // generate_statements.cc
  void Statements(const Block& block);
  void One(const Statement& statement);
  void Assign(const Statement& statement);
  void If(const Statement& statement);
  void While(const Statement& statement);
  void Break(const Statement& statement);
  void Print(const Statement& statement);
  void Assert(const Statement& statement);
  void Critical(const Statement& statement);
  int MostInside(const Statement& statement);
  int CriticalObject(const Statement& statement);

  // generate_repeat.cc
  void Repeat(const Statement& statement);
  void RepeatDown(const Statement& statement);
  void RepeatAs(const Statement& statement);
  void EndOfLoop(int exit_jump, const Flow& skipped);

  Scope scope_;
  Program& program_;
  UsedNames& used_;
  LocalUses& uses_;
  Findings& findings_;

  Place place_ = Place::kCheck;
  ProgramProcess* process_ = nullptr;
  std::map<std::string, int, std::less<>> locals_;
  std::map<std::string, SourceSpan, std::less<>> assigned_somewhere_;
  UsedNames said_;           // unknown names, each once
  UsedNames counters_;       // of the loops that the code stands in
  std::vector<int> hidden_;  // free to be used again
  std::vector<Loop> loops_;
  std::vector<int> criticals_;  // objects that the code is inside of
  std::map<std::string, int64_t, std::less<>> strings_;
  Flow flow_;
  int depth_ = 0;  // of the stack
};

}  // namespace ipclab::lang
