#include "tests/common/program_steps.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/program/state.h"

namespace ipclab {
namespace {

constexpr int kMostSteps = 1000;
std::string TextOf(std::string_view source, const SourceSpan& span) {
  size_t begin = 0;
  for (int line = 1; line < span.line; ++line) begin = source.find('\n', begin) + 1;
  const size_t length = span.line == span.end_line
                            ? static_cast<size_t>(span.end_column - span.column)
                            : source.find('\n', begin) - begin;
  return std::string(source.substr(begin + static_cast<size_t>(span.column) - 1, length));
}

}  // namespace

Program MustCompile(std::string_view source, const ProgramChoice& choice) {
  Compilation compilation = CompileProgram("test", source, choice);
  for (const Diagnostic& each : compilation.diagnostics) {
    if (each.is_error) ADD_FAILURE() << FormatDiagnostic(each, "test.lab", source);
  }
  return compilation.program.value_or(Program());
}

std::vector<std::string> MessagesOf(std::string_view source, const ProgramChoice& choice) {
  std::vector<std::string> messages;
  for (const Diagnostic& each : CompileProgram("test", source, choice).diagnostics) {
    messages.push_back(absl::StrCat(each.is_error ? "error " : "warning ", each.span.line, ":",
                                    each.span.column, " ", each.message));
  }
  return messages;
}

std::string_view NameOf(Op op) {
  switch (op) {
    case Op::kPush:
      return "push";
    case Op::kLoad:
      return "load";
    case Op::kStore:
      return "store";
    case Op::kLoadError:
      return "load_error";
    case Op::kDrop:
      return "drop";
    case Op::kDuplicate:
      return "duplicate";
    case Op::kAdd:
      return "add";
    case Op::kSubtract:
      return "subtract";
    case Op::kMultiply:
      return "multiply";
    case Op::kDivide:
      return "divide";
    case Op::kRemainder:
      return "remainder";
    case Op::kEqual:
      return "equal";
    case Op::kNotEqual:
      return "not_equal";
    case Op::kLess:
      return "less";
    case Op::kLessEqual:
      return "less_equal";
    case Op::kGreater:
      return "greater";
    case Op::kGreaterEqual:
      return "greater_equal";
    case Op::kNegate:
      return "negate";
    case Op::kNot:
      return "not";
    case Op::kJump:
      return "jump";
    case Op::kJumpIfZero:
      return "jump_if_zero";
    case Op::kPrint:
      return "print";
    case Op::kAssert:
      return "assert";
    case Op::kExit:
      return "exit";
    case Op::kPeek:
      return "peek";
    case Op::kDeadlocked:
      return "deadlocked";
    case Op::kEndExpression:
      return "end";
    case Op::kRead:
      return "read";
    case Op::kWrite:
      return "write";
    case Op::kAtomicAdd:
      return "atomic_add";
    case Op::kExchange:
      return "exchange";
    case Op::kCas:
      return "cas";
    case Op::kFutexWait:
      return "futex_wait";
    case Op::kFutexWake:
      return "futex_wake";
    case Op::kAwait:
      return "await";
    case Op::kLock:
      return "lock";
    case Op::kTryLock:
      return "trylock";
    case Op::kUnlock:
      return "unlock";
    case Op::kReadLock:
      return "read_lock";
    case Op::kWriteLock:
      return "write_lock";
    case Op::kSemWait:
      return "wait";
    case Op::kSemTryWait:
      return "trywait";
    case Op::kSemPost:
      return "post";
    case Op::kCondWait:
      return "cond_wait";
    case Op::kSignal:
      return "signal";
    case Op::kBroadcast:
      return "broadcast";
    case Op::kBarrierWait:
      return "barrier_wait";
    case Op::kSend:
      return "send";
    case Op::kReceive:
      return "receive";
    case Op::kReceiveType:
      return "receive_type";
    case Op::kEnter:
      return "enter";
    case Op::kLeave:
      return "leave";
  }
  return "";
}

std::vector<std::string> StepsAlone(const Program& program) {
  std::vector<std::string> steps;
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  BeginProgram(program, state.data(), nullptr);
  while (steps.size() < kMostSteps && ReadinessOf(program, state.data(), 0) == Readiness::kReady) {
    const Operation operation = Announce(program, state.data(), 0);
    std::string text(NameOf(operation.op));
    if (operation.object >= 0) {
      const ProgramObject& object = program.objects[static_cast<size_t>(operation.object)];
      absl::StrAppend(&text, " ", object.name);
      if (object.is_array) absl::StrAppend(&text, "[", operation.element, "]");
    }
    if (operation.op == Op::kWrite) absl::StrAppend(&text, " ", operation.argument);
    steps.push_back(std::move(text));
    Apply(program, state.data(), 0, -1, nullptr);
  }
  return steps;
}

std::string ListingOf(const Program& program, std::string_view source) {
  std::string listing;
  for (size_t i = 0; i < program.code.size(); ++i) {
    const Instruction& each = program.code[i];
    const std::string_view name = NameOf(each.op);
    absl::StrAppend(&listing, i, " ", std::string(name));
    if (each.object >= 0) {
      absl::StrAppend(&listing, " ", program.objects[static_cast<size_t>(each.object)].name);
    }
    const bool has_value = each.op == Op::kPush || each.op == Op::kLoad || each.op == Op::kStore ||
                           each.op == Op::kJump || each.op == Op::kJumpIfZero ||
                           each.op == Op::kAwait || each.op == Op::kPrint || each.op == Op::kAssert;
    if (has_value) absl::StrAppend(&listing, " ", each.value);
    if (IsLabel(each.op)) absl::StrAppend(&listing, "  ", TextOf(source, each.span));
    listing += '\n';
  }
  return listing;
}

}  // namespace ipclab
