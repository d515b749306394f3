// The shared page by which exactly one worker of a program runs between two labels. It lies behind
// the pages of the workers, with the text of the program before it and the state behind it.
//
// Turns: the server writes a command while nobody holds the baton and orders it, which hands the
// baton to the worker that is the first to act. Who holds it does its step - the operation on the
// kernel object, then Apply on the state, then the comparison of the two - and hands it to the
// worker of the next step, itself if it is that. Who makes the last step tells the server by
// LegDone. Who waits sleeps on its own Turn by futex.
//
// From Ready of worker 0 on the state is that of step 0. A worker that has joined all its links
// listens to nothing but its Turn: what the server wants of it, its end too, is a command.
//
// Only who holds the baton touches plan, position and state; what is atomic here is read by the
// server at any time, or written in free runs, where nobody holds it.
//
//   baton.length = ...; baton.plan = ...;
//   Order(baton, BatonCommand::kSteps, workers);  // then comes one LegDone, or a Failed
#pragma once

#include <pthread.h>

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
  kFree,    // every worker at once: run to the end by blocking calls, without baton and mirror;
            // from step 0, after kRewind where steps were made or it ran free before
  kRuns,    // every worker at once: make the runs of the batch; see common/run_batch.h
  kQuit,    // every worker at once: end with exit code 0
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

// Of an object that is the lab's own, in free runs: where the workers that wait for it sleep, or
// how many are inside. Made anew by worker 0 at the start of each. Who may go on is for the numbers
// to say; all who sleep are woken to read them.
struct alignas(kCacheLine) MeetingPoint {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  // Guarded by mutex.
  int64_t arrived;     // at a barrier, in this round
  int64_t generation;  // of a barrier, rounds that are over
  int64_t waited;      // for a condition, ever: the ticket of who waits next
  int64_t woken;       // by a condition, ever: whose ticket is below goes on

  std::atomic<int32_t> inside;  // a critical section
};

// What the mechanism behind an object decides; see ProgramObject. By who hosts it, before Ready.
struct Binding {
  uint8_t discipline;  // Discipline
  uint8_t error_checking;
  int32_t most;  // of a semaphore
};

struct BatonPage {
  static constexpr uint32_t kMaxPlan = 4096;

  // By the server, before it orders the command. Of kSteps at least one step, of kRewind any
  // number.
  BatonCommand command;
  uint32_t length;  // steps of the plan
  std::array<Choose, kMaxPlan> plan;

  // By who holds the baton: how many steps of the plan were made; of kRewind, how many workers have
  // undone theirs; steps since step 0.
  uint32_t position;
  uint32_t undone;
  int64_t step;

  // Before the first command is carried out every worker connects its links, which may wait for the
  // other end's: 1 once that has begun, and how many have done it.
  std::atomic<uint32_t> opening;
  std::atomic<uint32_t> opened;

  std::array<Binding, ProgramLimits::kObjects> bindings;

  std::array<Turn, ProgramLimits::kWorkers> turns;
  std::array<WorkerTally, ProgramLimits::kWorkers> tallies;

  // Of a free run: workers that are ready to begin: they begin together; workers that have not
  // ended: who takes it to zero gathers the cells and tells the server. failed: 1 once somebody has
  // written the state's failure. Nothing but the end of the workers ends a free run early.
  std::atomic<uint32_t> arrived;
  std::atomic<int32_t> running;
  std::atomic<uint32_t> failed;
  std::atomic<uint32_t> printing;  // 1 while somebody adds to prints
  std::array<MeetingPoint, ProgramLimits::kObjects> meetings;

  // What the kernel told of each object last, and whether it did; of cells each cell, at the places
  // where the state has the mirror's words: of other objects at the first of them.
  std::array<uint8_t, ProgramLimits::kObjects> told;
  std::array<int64_t, ProgramLimits::kStateWords> kernel;

  PrintLog prints;
};

// By the server: the command that was written, to whom it is for: kSteps to the worker of the
// plan's first step, kRewind to worker 0, all others to all.
void Order(BatonPage& baton, BatonCommand command, int workers);

// Lets a turn grow and wakes who sleeps on it. What was written before is visible to it.
void Give(Turn& turn);

// Sleeps until the turn is no longer seen; what it is then.
uint32_t Await(Turn& turn, uint32_t seen);

// Adds one for those who wait for all to be there; waits until so many are.
void Arrive(std::atomic<uint32_t>& count);
void AwaitAll(std::atomic<uint32_t>& count, uint32_t all);

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
