// The shared page by which exactly one worker of a program runs between two labels. It lies behind
// the pages of the workers, with the text of the program before it and the state behind it.
//
// Turns: the server writes a plan while nobody holds the baton and hands it to the first worker of
// the plan. Who holds it does its step - the operation on the kernel object, then Apply on the
// state, then the comparison of the two - and hands it to the worker of the next step, itself if it
// is that. Who makes the last step tells the server by LegDone. Who waits sleeps on its own Turn by
// futex.
//
// Only who holds the baton touches plan, position and state; what is atomic here is read by the
// server at any time, or written in free runs, where nobody holds it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include "common/pages.h"
#include "common/program/apply.h"
#include "common/program/program.h"
#include "common/program/schedule.h"

namespace ipclab {

enum class BatonCommand : uint32_t {
  kNone = 0,
  kSteps,   // make the steps of the plan
  kRewind,  // all workers in order undo what only they can, the last one resets what is common and
            // begins the state anew; then the steps of the plan, of which there may be none
  kFree,    // every worker at once: run to the end by blocking calls, without baton and mirror
  kQuit,    // end with exit code 0
};

// A worker's turn, on a cache line of its own. It grows when the worker gets the baton, or when
// there is a command for all; the worker sleeps on it by a shared futex.
struct alignas(kCacheLine) Turn {
  std::atomic<uint32_t> number;
};

// What one worker did since it was started. Relaxed.
struct alignas(kCacheLine) WorkerTally {
  std::atomic<int64_t> steps;
  std::atomic<int64_t> blocked_nanos;  // of a free run: in calls that could not be done at once
};

struct BatonPage {
  static constexpr uint32_t kMaxPlan = 4096;

  // By the server, before it hands the baton over.
  BatonCommand command;
  uint32_t length;  // steps of the plan
  std::array<Choose, kMaxPlan> plan;

  // By who holds the baton: how many steps of the plan were made; of kRewind, how many workers have
  // undone theirs.
  uint32_t position;
  uint32_t undone;

  std::array<Turn, ProgramLimits::kWorkers> turns;
  std::array<WorkerTally, ProgramLimits::kWorkers> tallies;

  // Of a free run: workers that have not ended; who takes it to zero gathers the cells and tells
  // the server. stop: set by the server, every worker ends before its next operation.
  std::atomic<int32_t> running;
  std::atomic<uint32_t> stop;

  // What the kernel told of each object last, and whether it did; of cells each cell, at the places
  // where the state has the mirror's words: of other objects at the first of them.
  std::array<uint8_t, ProgramLimits::kObjects> told;
  std::array<int64_t, ProgramLimits::kStateWords> kernel;

  PrintLog prints;
};

// In the extra room behind the workers' pages: the text, the baton, the state.
constexpr size_t BatonOffset(size_t source_bytes) { return RoundToPages(source_bytes); }
constexpr size_t StateOffset(size_t source_bytes) {
  return BatonOffset(source_bytes) + RoundToPages(sizeof(BatonPage));
}
constexpr size_t ExtraBytes(size_t source_bytes, int state_words) {
  return StateOffset(source_bytes) +
         RoundToPages(static_cast<size_t>(state_words) * sizeof(int64_t));
}

// pages: of an experiment with so many workers.
inline const char* ProgramSourceOf(void* pages, int workers) {
  return static_cast<const char*>(pages) + PagesBytes(workers);
}
inline BatonPage& BatonPageOf(void* pages, int workers, size_t source_bytes) {
  return *std::launder(reinterpret_cast<BatonPage*>(
      static_cast<char*>(pages) + PagesBytes(workers) + BatonOffset(source_bytes)));
}
inline int64_t* StateWordsOf(void* pages, int workers, size_t source_bytes) {
  return std::launder(reinterpret_cast<int64_t*>(static_cast<char*>(pages) + PagesBytes(workers) +
                                                 StateOffset(source_bytes)));
}

}  // namespace ipclab
