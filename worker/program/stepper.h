// Makes the steps of one worker of a lab program, each on the kernel objects and on the mirror, and
// compares the two; and undoes them. Whoever calls has the baton.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "common/baton.h"
#include "common/program/program.h"
#include "worker/program/call.h"
#include "worker/program/objects.h"

namespace ipclab {

class Stepper {
 public:
  // state: the page's. All are borrowed.
  Stepper(const Program& program, int worker, Objects& objects, BatonPage& baton, int64_t* state)
      : program_(program), worker_(worker), objects_(objects), baton_(baton), state_(state) {}

  // One step of this worker, which is ready. FAILED_PRECONDITION where the kernel did something
  // else than the model: "step 7, worker B, receive(c): the kernel gave 5, the model 4".
  absl::Status Step(Choose choice);

  // The real operation of a step alone, and what it came to held against the model's; where: as
  // "step 7, worker B", asked for only when they differ.
  Outcome Call(const Operation& operation);
  absl::Status Compare(const Event& event, const Outcome& outcome,
                       absl::FunctionRef<std::string()> where) const;

  // Where the kernel's objects stand differently than the mirror, in words; empty: nowhere.
  // tells: the page gets to know how they stand.
  std::string DifferenceOfViews(bool tells);

  // Reads what the kernel tells of what this worker has made, before any step. Workers other than
  // the first make channels only, which are empty in a state that nobody has begun yet, too.
  absl::Status Look();

  // What only this worker can undo: releases what it holds, receives what it could receive.
  absl::Status Undo();

  // The same of one lock and of one channel.
  absl::Status Release(int object);
  absl::Status Drain(int object);

  // When all have done that: semaphores and cells as they were at step 0, the state too.
  absl::Status Reset();

 private:
  // what: was done, in words, which are wanted only where something is wrong.
  absl::Status CompareViews(absl::FunctionRef<std::string()> what);
  std::string Where(std::string_view what) const;

  const Program& program_;
  const int worker_;
  Objects& objects_;
  BatonPage& baton_;
  int64_t* const state_;
};

}  // namespace ipclab
