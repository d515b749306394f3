// The whole state of a program at a label, as words of 8 bytes: who is where with which locals,
// every cell, every object as the lab mirrors it. Copied by memcpy, compared by memcmp, hashed as
// it lies; equal situations are equal words: what is no longer used is 0.
//
// It lies in the shared page while processes execute the program, in the server's memory while the
// model does. Layout: a Failure, a frame per worker (ProgramWorker::offset), then every object
// (ProgramObject::offset). All atomics are elsewhere: only who holds the baton touches it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/program/program.h"

namespace ipclab {

// What failed first. Words 0 to 2 of a state.
enum class FailureKind : int64_t {
  kNone = 0,
  kAssert,    // detail: the check
  kAlways,    // detail: the check
  kFinally,   // detail: the check
  kCritical,  // detail: the object
  kDeadlock,
  kForeignUnlock,  // detail: the object
  kBudget,         // detail: the instruction that it was at
  kIndex,          // detail: the instruction
  kDivision,       // detail: the instruction
};

struct Failure {
  FailureKind kind = FailureKind::kNone;
  int64_t detail = 0;
  int64_t worker = 0;  // who made the step; 0 where nobody in particular did
};

enum class RunState : int64_t {
  kAtLabel = 0,
  kDone,
  kStuck,  // divided by zero, left an array, ran on for ever; in a free run got EDEADLK
};

// Where a worker stands in an operation of two steps.
enum class Phase : int64_t {
  kFirst = 0,
  kAsleep,  // in a condition, a futex or a barrier
  kWoken,   // may go on
};

// A worker's frame; its values follow it: its locals, then its temporaries.
struct Frame {
  RunState run;
  int64_t pc;  // the label that it stands before
  Phase phase;
  int64_t error;  // errno of its last operation
  int64_t depth;  // temporaries on its stack
};

inline constexpr int kFailureWords = sizeof(Failure) / sizeof(int64_t);
inline constexpr int kFrameWords = sizeof(Frame) / sizeof(int64_t);

// Words of each object:
//   cells      one per cell; then, if it sleeps, a WaiterQueue for each cell
//   mutex      the owner + 1, or 0
//   semaphore  its value
//   condition  a WaiterQueue
//   rwlock     the writer + 1 or 0; the readers as bits
//   barrier    who has arrived, who may leave: as bits
//   channel    how many records; then value and tag of each, in order of sending
//   critical   who is inside, as bits
int WordsOf(const ProgramObject& object);

// Sets every offset, state_words and always_instructions. The compiler's last act.
void LayOut(Program& program);

// Borrowed words of a program's state.
class State {
 public:
  State(const Program& program, int64_t* words) : program_(&program), words_(words) {}

  int64_t* words() const { return words_; }
  Failure& failure() const;
  Frame& frame(int worker) const;
  int64_t* values(int worker) const;  // locals, then temporaries
  int64_t* object(int object) const;  // its words
  std::span<int64_t> all() const;

 private:
  const Program* program_;
  int64_t* words_;
};

// Who waits, in order: at most 16 workers, four bits each, the first in the lowest.
struct WaiterQueue {
  int64_t count;
  uint64_t workers;

  void Add(int worker);
  // False when it was not there.
  bool Remove(int worker);
  int at(int i) const { return static_cast<int>(workers >> (4 * i) & 0xf); }
};

// Of the whole state.
uint64_t HashOf(const Program& program, const int64_t* words);

}  // namespace ipclab
