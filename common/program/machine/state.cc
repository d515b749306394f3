#include "common/program/state.h"

#include <cstring>

namespace ipclab {

int WordsOf(const ProgramObject& object) {
  constexpr int kQueueWords = sizeof(WaiterQueue) / sizeof(int64_t);
  switch (object.kind) {
    case ObjectKind::kCells:
      return object.size * (object.sleeps ? 1 + kQueueWords : 1);
    case ObjectKind::kMutex:
    case ObjectKind::kSemaphore:
    case ObjectKind::kCritical:
      return 1;
    case ObjectKind::kCondition:
      return kQueueWords;
    case ObjectKind::kRwLock:
    case ObjectKind::kBarrier:
      return 2;
    case ObjectKind::kChannel:
      return 1 + 2 * object.size;
  }
  return 0;
}

void LayOut(Program& program) {
  int offset = kFailureWords;
  for (ProgramWorker& worker : program.workers) {
    const ProgramProcess& process = program.processes[worker.process];
    worker.offset = offset;
    offset += kFrameWords + static_cast<int>(process.locals.size()) + process.stack;
  }
  for (ProgramObject& object : program.objects) {
    object.offset = offset;
    object.words = WordsOf(object);
    offset += object.words;
  }
  program.state_words = offset;
  program.always_instructions = 0;
  for (const Check& check : program.checks) {
    if (check.kind != CheckKind::kAlways) continue;
    // Jumps in an expression lead forward.
    auto next = program.code.begin() + check.expression;
    for (; next->op != Op::kEndExpression; ++next) ++program.always_instructions;
  }
}

Failure& State::failure() const { return *reinterpret_cast<Failure*>(words_); }

Frame& State::frame(int worker) const {
  return *reinterpret_cast<Frame*>(words_ + program_->workers[worker].offset);
}

int64_t* State::values(int worker) const {
  return words_ + program_->workers[worker].offset + kFrameWords;
}

int64_t* State::object(int object) const { return words_ + program_->objects[object].offset; }

std::span<int64_t> State::all() const {
  return {words_, static_cast<size_t>(program_->state_words)};
}

void WaiterQueue::Add(int worker) {
  workers |= static_cast<uint64_t>(worker) << (4 * count);
  ++count;
}

bool WaiterQueue::Remove(int worker) {
  for (int i = 0; i < count; ++i) {
    if (at(i) != worker) continue;
    const uint64_t before = workers & ((uint64_t{1} << (4 * i)) - 1);
    // In two moves: one by 64 bits would not be defined.
    const uint64_t behind = workers >> (4 * i) >> 4;
    workers = before | behind << (4 * i);
    --count;
    return true;
  }
  return false;
}

uint64_t HashOf(const Program& program, const int64_t* words) {
  // Multiply and fold, a word at a time; odd constants with about as many ones as zeros.
  constexpr uint64_t kFactor = 0x9fb21c651e98df25;
  uint64_t hash = 0x2545f4914f6cdd1d;
  for (int i = 0; i < program.state_words; ++i) {
    uint64_t word;
    // Some words are enumerations: read as bytes, as memcmp does.
    std::memcpy(&word, words + i, sizeof(word));
    hash = (hash ^ word) * kFactor;
    hash ^= hash >> 32;
  }
  hash *= kFactor;
  return hash ^ hash >> 29;
}

}  // namespace ipclab
