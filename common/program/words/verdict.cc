// What a program came to: its failure, its outcome, what was left over.

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/program/words.h"
#include "common/program/words/phrases.h"

namespace ipclab {
namespace {

// The values of what an expression reads: "x is 3, a is [1, 2]".
std::string ValuesRead(const Program& program, const int64_t* state, int expression) {
  std::string text;
  std::set<int> seen;
  for (size_t pc = static_cast<size_t>(expression); pc < program.code.size(); ++pc) {
    const Instruction& instruction = program.code[pc];
    if (instruction.op == Op::kEndExpression) break;
    if (instruction.op != Op::kPeek || !seen.insert(instruction.object).second) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ", program.objects[instruction.object].name,
                    " is ", ObjectText(program, state, instruction.object));
  }
  return text;
}

std::string CheckText(const Program& program, const int64_t* state, const Check& check) {
  // Later on it may hold again: then what it was seen by is gone.
  if (Evaluate(program, state, check.expression) != 0) return check.text;
  const std::string values = ValuesRead(program, state, check.expression);
  return values.empty() ? check.text : absl::StrCat(check.text, ": ", values);
}

std::string OvercrowdedText(const Program& program, const int64_t* state, int object) {
  const ProgramObject& section = program.objects[object];
  const std::vector<int> inside = WorkersOf(static_cast<uint64_t>(state[section.offset]));
  const std::string most = absl::StrCat("at most ", section.size, " may be");
  if (static_cast<int>(inside.size()) <= section.size) {
    return absl::StrCat("critical ", section.name, ": too many were inside, ", most);
  }
  return absl::StrCat("critical ", section.name, ": ", Letters(inside), " are inside, ", most);
}

// "A at line 7".
std::string WhereText(const Program& program, const Failure& failure) {
  return absl::StrCat(LetterOf(static_cast<int>(failure.worker)), " at line ",
                      program.code[failure.detail].span.line);
}

std::string IndexText(const Program& program, const Failure& failure) {
  const Instruction& label = program.code[failure.detail];
  std::string text = absl::StrCat("index: ", WhereText(program, failure), " left the array ");
  const ProgramObject& first = program.objects[label.object];
  absl::StrAppend(&text, first.array, "[", label.elements, "]");
  if (label.second_elements > 0) {
    const ProgramObject& second = program.objects[label.second];
    absl::StrAppend(&text, " or ", second.array, "[", label.second_elements, "]");
  }
  return text;
}

}  // namespace

std::string FailureText(const Program& program, const int64_t* state) {
  const Failure failure = State(program, const_cast<int64_t*>(state)).failure();
  const int detail = static_cast<int>(failure.detail);
  const std::string worker = LetterOf(static_cast<int>(failure.worker));
  switch (failure.kind) {
    case FailureKind::kNone:
      return "";
    case FailureKind::kAssert:
      return absl::StrCat(program.checks[detail].text, ": not so in ", worker);
    case FailureKind::kAlways:
    case FailureKind::kFinally:
      return CheckText(program, state, program.checks[detail]);
    case FailureKind::kCritical:
      return OvercrowdedText(program, state, detail);
    case FailureKind::kDeadlock:
      return DeadlockText(program, state);
    case FailureKind::kForeignUnlock:
      return absl::StrCat("foreign unlock: ", worker, " gives back ", program.objects[detail].name,
                          ", which it does not hold");
    case FailureKind::kBudget:
      return absl::StrCat("budget: ", WhereText(program, failure), " ran ",
                          ProgramLimits::kLocalInstructions,
                          " instructions without an operation on a shared object");
    case FailureKind::kIndex:
      return IndexText(program, failure);
    case FailureKind::kDivision:
      return absl::StrCat("division: ", WhereText(program, failure), " divided by zero");
  }
  return "";
}

std::string OutcomeText(const Program& program, const int64_t* state) {
  std::vector<std::string> parts;
  const auto add = [&](const std::string& name, std::string value) {
    std::erase(value, ' ');
    parts.push_back(absl::StrCat(name, "=", value));
  };
  for (const Observed& observed : program.observed) {
    add(observed.text, ValueText(program, Evaluate(program, state, observed.expression)));
  }
  for (size_t i = 0; program.observed.empty() && i < program.objects.size(); ++i) {
    const ProgramObject& object = program.objects[i];
    if (object.kind != ObjectKind::kCells) continue;
    add(object.name, ObjectText(program, state, static_cast<int>(i)));
  }
  return absl::StrCat(IsDeadlock(program, state) ? "deadlock: " : "", absl::StrJoin(parts, ", "));
}

std::vector<std::string> NoticesOf(const Program& program, const int64_t* state) {
  const State words(program, const_cast<int64_t*>(state));
  std::vector<std::string> notices;
  for (const ProgramObject& object : program.objects) {
    const int64_t first = state[object.offset];
    if (first == 0) continue;
    if (object.kind == ObjectKind::kChannel) {
      notices.push_back(absl::StrCat(RecordsText(first), first == 1 ? " was" : " were", " left in ",
                                     object.name));
    } else if (object.kind == ObjectKind::kMutex || object.kind == ObjectKind::kRwLock) {
      const int holder = static_cast<int>(first) - 1;
      if (words.frame(holder).run != RunState::kDone) continue;
      notices.push_back(absl::StrCat(LetterOf(holder), " did not give ", object.name, " back"));
    }
  }
  return notices;
}

}  // namespace ipclab
