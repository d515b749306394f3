// A lab program as it was written: what the parser makes and the compiler reads, the same for all
// variants. Names are not looked up, numbers not computed.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "common/program/program.h"

namespace ipclab::lang {

struct Name {
  std::string text;
  SourceSpan span;
};

struct Expression {
  enum class Kind : uint8_t {
    kNumber,
    kString,
    kName,         // name
    kElement,      // name[operands[0]]
    kCall,         // name(operands)
    kUnary,        // op of operands[0]
    kBinary,       // op of both operands
    kAnd,          // both operands
    kOr,           // both operands
    kVariantTest,  // variant == name; op says which way
    kSelf,
    kError,
    kBad,  // could not be read, which was said
  };
  Kind kind = Kind::kBad;
  Op op = Op::kPush;
  SourceSpan span;
  Name name;
  int64_t number = 0;
  std::string string;
  std::vector<const Expression*> operands;
  int height = 1;  // of the tree
};

struct Statement;
using Block = std::vector<const Statement*>;

struct Statement {
  enum class Kind : uint8_t {
    kAssign,    // target = expressions[0]
    kCall,      // expressions[0]
    kIf,        // expressions[i]: blocks[i]; one block more: else
    kWhile,     // expressions[0]: blocks[0]
    kRepeat,    // expressions[0] times, as name: blocks[0]
    kBreak,     //
    kPrint,     // expressions
    kAssert,    // expressions[0], as written in text
    kCritical,  // name, at most expressions[0] if there is one: blocks[0]
  };
  Kind kind = Kind::kBreak;
  SourceSpan span;  // without the blocks
  Name name;
  const Expression* target = nullptr;
  std::vector<const Expression*> expressions;
  std::vector<Block> blocks;
  std::string text;
};

struct ParameterSyntax {
  Name name;
  const Expression* value = nullptr;
  const Expression* minimum = nullptr;  // null: any
  const Expression* maximum = nullptr;
};

struct ObjectSyntax {
  ObjectKind kind = ObjectKind::kCells;
  Name name;
  const Expression* count = nullptr;     // of an array
  const Expression* capacity = nullptr;  // of a channel, of a critical section
  bool has_list = false;                 // of initial values: { 1, 2 }
  std::vector<const Expression*> initial;
  std::string mechanism;
};

struct ProcessSyntax {
  Name name;
  const Expression* count = nullptr;  // of an array
  Block body;
};

struct CheckSyntax {
  CheckKind kind = CheckKind::kAlways;
  const Expression* expression = nullptr;
  std::string text;
  SourceSpan span;
};

struct ObservedSyntax {
  const Expression* expression = nullptr;
  std::string text;
};

struct Syntax {
  std::map<std::string, Name, std::less<>> prose;  // title, lesson, goal, question, answer
  std::vector<Name> variants;
  std::vector<ParameterSyntax> parameters;
  std::vector<ObjectSyntax> objects;
  std::vector<ProcessSyntax> processes;
  std::vector<CheckSyntax> checks;
  std::vector<ObservedSyntax> observed;
  const Expression* goal = nullptr;

  // Owns the nodes: no chain of them is ever freed by recursion.
  std::deque<Expression> expressions;
  std::deque<Statement> statements;
};

}  // namespace ipclab::lang
