#include "common/explore/liveness.h"

#include <algorithm>
#include <bit>
#include <functional>

#include "common/program/state.h"

namespace ipclab {
namespace {

using LocalBits = std::vector<uint64_t>;

void SetBit(LocalBits& bits, int64_t local, bool value) {
  const uint64_t bit = uint64_t{1} << (local % 64);
  uint64_t& word = bits[static_cast<size_t>(local / 64)];
  word = value ? word | bit : word & ~bit;
}

// The instructions of one process, and which of its locals are live before each: a flow of data
// from the end to the beginning.
class BackwardFlow {
 public:
  BackwardFlow(const Program& program, const ProgramProcess& process)
      : program_(program), words_((process.locals.size() + 63) / 64) {
    live_.resize(program.code.size());
    Reach(process.entry);
    // From the end on, most is known before it is asked for; loops ask again.
    std::sort(reached_.begin(), reached_.end(), std::greater<>());
    for (bool changed = true; changed;) {
      changed = false;
      for (const int pc : reached_) changed |= Update(pc);
    }
  }

  const std::vector<int>& reached() const { return reached_; }
  const LocalBits& before(int pc) const { return live_[static_cast<size_t>(pc)]; }

 private:
  void Reach(int entry) {
    std::vector<int> waiting{entry};
    while (!waiting.empty()) {
      const int pc = waiting.back();
      waiting.pop_back();
      if (!live_[static_cast<size_t>(pc)].empty()) continue;
      live_[static_cast<size_t>(pc)].resize(words_);
      reached_.push_back(pc);
      const Instruction& instruction = program_.code[static_cast<size_t>(pc)];
      if (Jumps(instruction)) waiting.push_back(static_cast<int>(instruction.value));
      if (GoesOn(instruction)) waiting.push_back(pc + 1);
    }
  }

  static bool Jumps(const Instruction& instruction) {
    return instruction.op == Op::kJump || instruction.op == Op::kJumpIfZero;
  }
  static bool GoesOn(const Instruction& instruction) {
    return instruction.op != Op::kJump && instruction.op != Op::kExit;
  }

  bool Update(int pc) {
    const Instruction& instruction = program_.code[static_cast<size_t>(pc)];
    LocalBits live(words_);
    const auto join = [&live](const LocalBits& other) {
      for (size_t i = 0; i < live.size(); ++i) live[i] |= other[i];
    };
    if (Jumps(instruction)) join(before(static_cast<int>(instruction.value)));
    if (GoesOn(instruction)) join(before(pc + 1));
    if (instruction.op == Op::kStore) SetBit(live, instruction.value, false);
    if (instruction.op == Op::kLoad) SetBit(live, instruction.value, true);
    if (instruction.op == Op::kAwait) AddAwaited(static_cast<size_t>(instruction.value), live);
    LocalBits& known = live_[static_cast<size_t>(pc)];
    if (known == live) return false;
    known = std::move(live);
    return true;
  }

  void AddAwaited(size_t pc, LocalBits& live) const {
    for (; program_.code[pc].op != Op::kEndExpression; ++pc) {
      if (program_.code[pc].op == Op::kLoad) SetBit(live, program_.code[pc].value, true);
    }
  }

  const Program& program_;
  const size_t words_;  // of the bits of all locals
  std::vector<int> reached_;
  std::vector<LocalBits> live_;  // by instruction; empty of those of other processes
};

}  // namespace

Liveness::Liveness(const Program& program)
    : words_(program.state_words), row_of_(program.code.size(), -1) {
  for (const ProgramProcess& process : program.processes) {
    locals_.push_back(static_cast<int>(process.locals.size()));
    const BackwardFlow flow(program, process);
    for (const int pc : flow.reached()) {
      if (!IsLabel(program.code[static_cast<size_t>(pc)].op)) continue;
      row_of_[static_cast<size_t>(pc)] = static_cast<int32_t>(dead_.size());
      LocalBits dead = flow.before(pc);
      for (uint64_t& word : dead) word = ~word;
      // Behind the last local are temporaries.
      if (locals_.back() % 64 != 0) dead.back() &= (uint64_t{1} << (locals_.back() % 64)) - 1;
      dead_.insert(dead_.end(), dead.begin(), dead.end());
    }
  }
  for (const ProgramWorker& worker : program.workers) {
    const ProgramProcess& process = program.processes[static_cast<size_t>(worker.process)];
    workers_.push_back(
        {worker.offset, worker.process, static_cast<int>(process.locals.size()) + process.stack});
  }
}

bool Liveness::IsLive(int label, int local) const {
  const int32_t row = row_of_[static_cast<size_t>(label)];
  return row >= 0 && (dead_[static_cast<size_t>(row + local / 64)] >> (local % 64) & 1) == 0;
}

void Liveness::Canonical(const int64_t* state, int64_t* canonical) const {
  std::copy_n(state, words_, canonical);
  for (const Place& worker : workers_) {
    Frame& frame = *reinterpret_cast<Frame*>(canonical + worker.offset);
    int64_t* const values = canonical + worker.offset + kFrameWords;
    frame.error = 0;
    if (frame.run == RunState::kStuck) std::fill_n(values, worker.values, 0);
    if (frame.run != RunState::kAtLabel) continue;
    const uint64_t* const dead = dead_.data() + row_of_[static_cast<size_t>(frame.pc)];
    const int locals = locals_[static_cast<size_t>(worker.process)];
    for (int word = 0; 64 * word < locals; ++word) {
      for (uint64_t rest = dead[word]; rest != 0; rest &= rest - 1) {
        values[64 * word + std::countr_zero(rest)] = 0;
      }
    }
  }
}

}  // namespace ipclab
