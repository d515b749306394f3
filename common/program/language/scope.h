// What the names of a program stand for outside of its processes, and values that are known before
// it runs. Built from the program itself, so that an expression that is compiled later sees the
// same.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/program/language/findings.h"
#include "common/program/language/syntax.h"
#include "common/program/program.h"

namespace ipclab::lang {

struct ObjectName {
  ObjectKind kind = ObjectKind::kCells;
  int first = 0;     // Program::objects
  int elements = 0;  // of an array; else 0
};

struct Scope {
  std::map<std::string, ObjectName, std::less<>> objects;
  std::map<std::string, int64_t, std::less<>> parameters;
  std::set<std::string, std::less<>> processes;
  std::vector<std::string> variants;
  std::string variant;

  // All names that stand for a value or an object.
  std::vector<std::string> Names() const;
};

Scope ScopeOf(const Program& program);

// Names that were used in any variant, for warnings about the others.
using UsedNames = std::set<std::string, std::less<>>;

// What a test of the variant comes to, and logic over such tests, true, false and numbers; nothing
// where it needs more than that. A variant that there is not is an error.
std::optional<bool> Decided(const Expression& expression, const Scope& scope, Findings& findings);

// A value that is known before the program runs: numbers, parameters, arithmetic. Nothing where it
// is none.
std::optional<int64_t> Known(const Expression& expression, const Scope& scope, UsedNames& used,
                             Findings& findings);

// The same, and an error that names what it is for where it is none.
std::optional<int64_t> Constant(const Expression& expression, std::string_view what,
                                const Scope& scope, UsedNames& used, Findings& findings);

// a op b as 64 bits have it; nothing where it divides by zero.
std::optional<int64_t> Calculate(Op op, int64_t a, int64_t b);

}  // namespace ipclab::lang
