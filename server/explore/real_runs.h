// The runs of an exploration on processes: groups of workers, each of which makes one run after the
// other on its kernel objects and compares every operation with the model. Each is an experiment of
// the engine, which sees to its life, its CPUs and what it leaves.
//
//   engine.StartRuns(spec, [](absl::StatusOr<std::shared_ptr<RealRuns>> runs) { ... });
//
// Who lets the last pointer go has stopped them.
//
// AwaitReady, Add and Finish are called by the one thread that explores; the rest by any.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/explore/search.h"

namespace ipclab {

class RealRuns {
 public:
  virtual ~RealRuns() = default;

  // Waits until the first group is at hand: ready, on CPUs of its own. RESOURCE_EXHAUSTED when it
  // is not in time; else fails as Add does.
  virtual absl::Status AwaitReady(absl::Duration limit) = 0;

  // Takes the run over and has it made; waits while too many are still to be made. Whatever went
  // wrong with an earlier one: ABORTED with the reason MISMATCH where the kernel did something else
  // than the model, or NONDETERMINISM where it did not do the same twice; CANCELLED after Stop;
  // else how the experiment ended.
  virtual absl::Status Add(const Run& run) = 0;

  // Waits until all that were added are made.
  virtual absl::Status Finish() = 0;

  // Ends the workers; Add and Finish come back soon.
  virtual void Stop() = 0;

  // Runs that were made.
  virtual int64_t made() const = 0;

  // Of workers, that are at hand.
  virtual int groups() const = 0;
  virtual bool spins() const = 0;
};

}  // namespace ipclab
