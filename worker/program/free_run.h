// One worker's part of a free run of a lab program: to its end by blocking calls, on a frame of its
// own, without baton and mirror.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "common/baton.h"
#include "common/clock.h"
#include "common/program/program.h"
#include "common/program/state.h"
#include "worker/program/call.h"
#include "worker/program/objects.h"

namespace ipclab {

class FreeRun {
 public:
  // state: the page's. progress grows with every operation. All are borrowed.
  FreeRun(const Program& program, int worker, Objects& objects, BatonPage& baton, int64_t* state,
          std::atomic<uint64_t>& progress, const Clock& clock);

  // Waits for the others to be there, then runs until the program's end, or until it is stuck. The
  // worker's frame in the state is then as it was left; the state's failure is the first one of all
  // workers. OUT_OF_RANGE where a call that waits came back with nothing done.
  absl::Status Run();

 private:
  Outcome Perform(const Operation& operation);
  // Tries first; only what would wait is timed.
  Outcome Call(ObjectEnd& end, const Operation& operation);
  Outcome WaitForCondition(const Operation& operation);
  Outcome Wake(const Operation& operation);
  Outcome MeetAtBarrier(const Operation& operation);
  Outcome Enter(const Operation& operation);
  Outcome AwaitCells();
  bool IsAwaited();
  // The kernel does not let it wait for a lock whose holder waits for it.
  bool IsInDeadlock(const Operation& operation, const Outcome& outcome);
  void EndInDeadlock(Frame& frame);
  absl::Status NothingDone(const Operation& operation) const;
  void Keep(const Failure& failure);
  void HandOverPrints();
  MeetingPoint& MeetingOf(const Operation& operation) const;

  const Program& program_;
  const int worker_;
  Objects& objects_;
  BatonPage& baton_;
  int64_t* const state_;
  std::atomic<uint64_t>& progress_;
  const Clock& clock_;
  WorkerTally& tally_;
  std::vector<int64_t> own_;  // a state in which only this worker's frame and the cells are true
  std::unique_ptr<PrintLog> prints_ = std::make_unique<PrintLog>();
  uint64_t handed_over_ = 0;  // of the prints
};

// Makes all meeting points anew. Before any worker begins a free run.
absl::Status PrepareMeetings(const Program& program, BatonPage& baton);

}  // namespace ipclab
