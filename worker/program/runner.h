// One worker's part of the runs of an exploration: one schedule after the other, each made from
// step 0 on the kernel objects and undone again. Every operation of this worker is held against its
// own mirror, on which it follows the steps of the others too.
//
// No lock, and no allocation once the longest run was made: millions of runs are made here.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/program/apply.h"
#include "common/program/program.h"
#include "common/run_batch.h"
#include "worker/program/objects.h"
#include "worker/program/stepper.h"

namespace ipclab {

class Runner {
 public:
  // All are borrowed; the objects are connected and the program knows what they decide.
  // progress grows with every operation.
  Runner(const Program& program, int worker, Objects& objects, BatonPage& baton, RunBatch& batch,
         std::atomic<uint64_t>& progress);

  // All runs of the batch. FAILED_PRECONDITION where the kernel did something else than the model:
  // "worker B, counter = 11: ...; after A B".
  absl::Status MakeAll();

 private:
  // In the order of all that is done: goes on to the next place, where actor is to act. True: this
  // worker is, and all before it have acted.
  bool IsNext(int actor);
  absl::Status MakeRun(uint32_t begin, uint32_t end);
  size_t CountKnown(uint32_t begin, uint32_t end) const;
  absl::Status MakeStep(uint32_t step);
  absl::Status Call(uint32_t step, const Event& event);
  const int64_t* StateAfter(size_t step) const { return states_.data() + step * initial_.size(); }
  absl::Status EndRun(uint32_t run);
  void PassOn(uint32_t run);
  void Note(uint32_t run);
  absl::Status Undo();
  void Reset();
  uint32_t WhoMustUndo() const;
  bool HasRecords(int channel) const;
  std::string Before(uint32_t step) const;

  const Program& program_;
  const int worker_;
  Objects& objects_;
  RunBatch& batch_;
  std::atomic<uint64_t>& progress_;
  std::vector<int64_t> initial_;
  std::vector<int64_t> state_;  // the mirror
  // The steps of the newest run, from its first on, as many as there is room for; and the state
  // after each.
  struct Remembered {
    Choose choice;
    Event event;
  };
  const size_t most_remembered_;
  std::vector<Remembered> remembered_;
  std::vector<int64_t> states_;
  Stepper stepper_;         // over it
  std::vector<int> locks_;  // objects that can be held when a run is over
  std::vector<int> channels_;
  uint32_t begin_ = 0;  // of the run that is made
  uint32_t place_ = 0;
  int actor_ = -1;          // who acted at the last place
  bool passed_on_ = false;  // and has given the turn of the next place already
};

}  // namespace ipclab
