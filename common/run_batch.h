// The shared room in which an exploration hands runs to the workers of a program: many schedules at
// once, each made from step 0 by whoever it names, one worker after the other, without a trip to
// the server in between. It lies behind the state; see common/baton.h.
//
// Every worker follows every run on a mirror of its own, so that of all that is shared only the
// turns go from one CPU's cache to another's: a worker knows by itself when it is to act, and waits
// only until all before it have acted. What is done has a place in one order that all of them count
// alike: each step, and after each run the parts of undoing it; the first place is 1.
//
// The server writes all of it before it orders the batch, which wakes every worker; then a worker
// writes the turn of who acts next, and what it made.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "common/baton.h"
#include "common/pages.h"
#include "common/program/schedule.h"

namespace ipclab {

// The place at which this worker may act. On a cache line of its own; who waits for it spins for a
// while, if at all, and then sleeps on it by futex.
struct alignas(kCacheLine) RunTurn {
  std::atomic<uint32_t> place;
  std::atomic<uint32_t> asleep;  // 1: it is to be woken
};

struct RunBatch {
  static constexpr uint32_t kMaxRuns = 8192;
  static constexpr uint32_t kMaxSteps = 1 << 18;

  uint32_t runs;
  uint32_t spins;  // 1: who waits spins at first; all have CPUs of their own
  // The first so many pairs of runs are the same one twice.
  uint32_t pairs;
  // Who receives what is left in a channel after a run; of others 0.
  std::array<uint8_t, ProgramLimits::kObjects> drainers;
  std::array<uint32_t, kMaxRuns> ends;  // of each run: the end of its steps; it has at least one
  std::array<Choose, kMaxSteps> steps;

  std::array<RunTurn, ProgramLimits::kWorkers> turns;
  // Runs that were made; workers that still read the batch: who takes it to zero tells the server.
  alignas(kCacheLine) std::atomic<uint32_t> made;
  alignas(kCacheLine) std::atomic<int32_t> reading;
  std::atomic<uint32_t> failed;           // the number of the run that went wrong, from 1 on
  std::array<uint64_t, kMaxRuns> hashes;  // HashOf where each run led to
};

// By the server, once runs, ends and steps are written: nobody has acted, and who is first may.
void OpenBatch(RunBatch& batch, int workers);

// Lets a worker act at this place; what was done before is visible to it.
void GiveTurn(RunBatch& batch, int worker, uint32_t place);

// Waits until it may.
void AwaitTurn(RunBatch& batch, int worker, uint32_t place);

constexpr size_t RunBatchOffset(size_t source_bytes, int state_words) {
  return ExtraBytes(source_bytes, state_words);
}
constexpr size_t ExtraBytesWithRuns(size_t source_bytes, int state_words) {
  return RunBatchOffset(source_bytes, state_words) + RoundToPages(sizeof(RunBatch));
}

// pages: of an experiment with so many workers.
inline RunBatch& RunBatchOf(void* pages, int workers, size_t source_bytes, int state_words) {
  return *std::launder(reinterpret_cast<RunBatch*>(static_cast<char*>(pages) + PagesBytes(workers) +
                                                   RunBatchOffset(source_bytes, state_words)));
}

}  // namespace ipclab
