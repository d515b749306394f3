// A lab program, compiled: processes, objects, checks, and instructions for a machine with a stack,
// each with the piece of text that it comes from. What a step is follows from it alone: a worker
// does one operation on a shared object and runs on, through local code, to the next.
//
// A value: made by Compile for one variant and one set of parameters, then never changed, but for
// what the mechanism behind an object decides (ProgramObject::discipline and what follows it). Used
// by server and workers, which compile the same text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ipclab {

// A piece of text; lines and columns count from 1, columns in bytes; end_column is behind the last.
struct SourceSpan {
  int line = 0;
  int column = 0;
  int end_line = 0;
  int end_column = 0;

  bool operator==(const SourceSpan&) const = default;
};

// What is published, and refused beyond.
struct ProgramLimits {
  static constexpr int kSourceBytes = 64 << 10;
  static constexpr int kWorkers = 16;
  static constexpr int kObjects = 256;
  static constexpr int kNesting = 64;
  static constexpr int kTemporaries = 64;             // on the stack at once, of an expression too
  static constexpr int kLocalInstructions = 100'000;  // between two labels
  static constexpr int kStateWords = 8192;
  static constexpr int kSteps = 100'000;  // that an experiment keeps
  // Of a whole course, in local code and checks: some 50 ms to make it again.
  static constexpr int64_t kCourseInstructions = 10'000'000;
};

enum class ObjectKind : uint8_t {
  kCells,
  kMutex,
  kSemaphore,
  kCondition,
  kRwLock,
  kBarrier,
  kChannel,
  kCritical,
};

// What a worker does at a label, and between labels. A comment says what is on the stack: operands
// were pushed from left to right and are popped; what comes back is behind the arrow. [i] is there
// only where Instruction::elements says so; a second one is of the second object.
enum class Op : uint8_t {
  // Local: no label.
  kPush,          // -> value
  kLoad,          // -> the local with number value
  kStore,         // v; into the local with number value
  kLoadError,     // -> the worker's error
  kDrop,          // v
  kDuplicate,     // v -> v v
  kAdd,           // a b -> a + b; all arithmetic wraps around
  kSubtract,      // a b -> a - b
  kMultiply,      // a b -> a * b
  kDivide,        // a b -> a / b, towards zero; b == 0 is a failure
  kRemainder,     // a b -> a % b, with the sign of a; b == 0 is a failure
  kEqual,         // a b -> 1 or 0
  kNotEqual,      // a b -> 1 or 0
  kLess,          // a b -> 1 or 0
  kLessEqual,     // a b -> 1 or 0
  kGreater,       // a b -> 1 or 0
  kGreaterEqual,  // a b -> 1 or 0
  kNegate,        // a -> -a
  kNot,           // a -> a == 0
  kJump,          // to value
  kJumpIfZero,    // v; to value if it is 0
  kPrint,         // values as Program::prints[value] says
  kAssert,        // v; a failure of Program::checks[value] if it is 0
  kExit,          // the worker has come to its end
  // Only in expressions that are evaluated in one go: always, finally, goal, observe, await.
  kPeek,           // [i] -> the cell
  kDeadlocked,     // -> 1 where nobody can go on and somebody waits; never in await
  kEndExpression,  // v; what the expression is

  // Labels: an operation on a shared object.
  kRead,         // [i] -> the cell
  kWrite,        // [i] v
  kAtomicAdd,    // [i] v -> the value before
  kExchange,     // [i] v -> the value before
  kCas,          // [i] expected v -> 1 if it was set, else 0
  kFutexWait,    // [i] v; error EAGAIN if the cell is not v. Two steps if it is: sleeps | woken
  kFutexWake,    // [i] n -> how many it woke: who sleeps longest first
  kAwait,        // enabled only while the expression at value is not 0; that may read the locals of
                 // the worker (kLoad), nothing of its stack
  kLock,         // [i]
  kTryLock,      // [i] -> 1 if it was taken, else 0 and error EBUSY
  kUnlock,       // [i]; of a mutex or an rwlock
  kReadLock,     // [i]
  kWriteLock,    // [i]
  kSemWait,      // [i]
  kSemTryWait,   // [i] -> 1 if it was taken, else 0 and error EAGAIN
  kSemPost,      // [i]
  kCondWait,     // [i of condition] [i of mutex]; two steps: releases and sleeps | wakes and
                 // reacquires
  kSignal,       // [i]; wakes one
  kBroadcast,    // [i]; wakes all
  kBarrierWait,  // [i]; two steps but for the last who arrives: arrives | leaves
  kSend,         // [i] v tag
  kReceive,      // [i] -> v
  kReceiveType,  // [i] type -> v; type > 0: of that type; 0: any; < 0: the lowest type up to -type
  kEnter,        // a critical section
  kLeave,        // a critical section
};

constexpr bool IsLabel(Op op) { return op >= Op::kRead; }

// True when the operation may change its object, for what depends on what.
constexpr bool Writes(Op op) { return op != Op::kRead && op != Op::kAwait; }

struct Instruction {
  Op op = Op::kExit;
  int16_t object = -1;  // index of the object, of the first one of an array
  int16_t second = -1;  // of kCondWait: the mutex
  // More than 0: an index in 0..elements-1 is on the stack. Of an array of cells it says which
  // cell, of any other array which object: object + index.
  int32_t elements = 0;
  int32_t second_elements = 0;
  int64_t value = 0;
  SourceSpan span;
};

// How the records of a channel are received.
enum class Discipline : uint8_t { kInOrder, kByPriority, kByType };

struct ProgramObject {
  std::string name;   // "counter", "fork[1]"
  std::string array;  // "fork"; the name where it is no array
  ObjectKind kind = ObjectKind::kCells;
  // Of cells: how many. Of a channel: the records it holds. Of a barrier: who must arrive. Of a
  // critical section: how many may be inside. Else 1.
  int size = 1;
  bool is_array = false;         // cells that are written with an index
  std::vector<int64_t> initial;  // of cells, each; of a semaphore, one
  std::string mechanism;         // that the text asks for; empty: the default of its kind
  bool sleeps = false;           // cells that a futex operation is done on
  SourceSpan span;

  // What the mechanism behind it decides; see BindMechanism.
  Discipline discipline = Discipline::kInOrder;
  bool error_checking = false;  // a mutex that answers EDEADLK instead of a wait for itself
  int32_t most = INT32_MAX;     // of a semaphore: how far it counts

  // Where it lies in the state; see state.h.
  int offset = 0;
  int words = 0;
};

// One process of the text; an array of them is several workers.
struct ProgramProcess {
  std::string name;
  int count = 1;
  bool is_array = false;
  int entry = 0;  // its first instruction
  // Its locals. Number 0 is "self" of every process; hidden ones, as loop counters, have no name.
  std::vector<std::string> locals;
  int stack = 0;  // the most temporaries that it has at once
  SourceSpan span;
};

// One process that runs: letter 'A' + its index.
struct ProgramWorker {
  std::string name;  // "P[0]"
  int process = 0;
  int self = 0;
  int offset = 0;  // its frame in the state
};

enum class CheckKind : uint8_t { kAssert, kAlways, kFinally };

struct Check {
  CheckKind kind = CheckKind::kAssert;
  std::string text;     // "finally counter == 12"
  int expression = -1;  // its first instruction; -1 of an assert, which is in the process's code
  SourceSpan span;
};

// An expression over cells and parameters, evaluated in one go.
struct Observed {
  std::string text;
  int expression = -1;
};

// A piece of what print writes: text, or the next value from the stack.
struct PrintPiece {
  std::string text;
  bool is_value = false;
};

struct Parameter {
  std::string name;
  int64_t value = 0;  // in this program; in the declaration its default
  int64_t minimum = 0;
  int64_t maximum = 0;
};

// What the text says about itself; the same for all variants.
struct ProgramText {
  std::string title;
  std::string lesson;
  std::string goal;  // in words
  std::string question;
  std::string answer;
  std::vector<std::string> variants;  // empty: there is only the one
  std::vector<Parameter> parameters;  // with their defaults
};

struct Program {
  std::string name;     // "lost_update"; "program" where it has none
  std::string variant;  // empty where there are none
  std::vector<Parameter> parameters;
  ProgramText text;

  std::vector<ProgramObject> objects;
  std::vector<ProgramProcess> processes;
  std::vector<ProgramWorker> workers;
  std::vector<Check> checks;
  std::vector<Observed> observed;  // what `observe` names; empty: all cells
  int goal = -1;                   // an expression; -1: none
  std::vector<Instruction> code;
  std::vector<std::vector<PrintPiece>> prints;
  // The strings that are values: kStringBase + their index here. They can be compared, sent and
  // printed.
  std::vector<std::string> strings;

  int state_words = 0;
  int32_t always_instructions = 0;  // the most that all `always` take after a step
  uint32_t hash = 0;                // of all that decides what it does
};

inline constexpr int64_t kStringBase = int64_t{1} << 62;

// "A" for worker 0.
std::string LetterOf(int worker);

// The worker with this letter, or name "P[0]"; -1 for none.
int FindWorker(const Program& program, std::string_view letter_or_name);

// The object with this name; -1 for none.
int FindObject(const Program& program, std::string_view name);

// As eight hexadecimal digits.
std::string HashText(const Program& program);

}  // namespace ipclab
