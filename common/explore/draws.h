// Who makes the next step of a schedule that lots decide.
#pragma once

#include <cstdint>
#include <memory>

#include "common/explore/lots.h"

namespace ipclab {

class Draws {
 public:
  virtual ~Draws() = default;

  // A schedule begins. longest: of those so far, in steps; 0 before the first.
  virtual void Begin(int64_t longest, Lots& lots) = 0;

  // Who makes this step, the first is 1, of those that can.
  virtual int Pick(int64_t step, uint32_t enabled, Lots& lots) = 0;
};

// Each of those that can, alike.
std::unique_ptr<Draws> MakeUniformDraws();

// Probabilistic concurrency testing (Burckhardt and others, 2010): whoever has the highest priority
// goes on. Priorities are drawn; at depth - 1 steps, drawn too, who would make the step falls below
// all others. Of n workers and k steps, a bug that the order of so many pairs of steps decides is
// found by a run with a probability of 1 / (n k^(depth - 1)) at least.
std::unique_ptr<Draws> MakePctDraws(int workers, int depth);

}  // namespace ipclab
