// What the kernel tells of the objects of a lab program, beside what the mirror says: read by the
// worker that has just made a step.
#pragma once

#include <cstdint>
#include <optional>

#include "common/baton.h"
#include "common/program/program.h"
#include "worker/program/objects.h"

namespace ipclab {

// Where the two differ, in the unit that the kernel tells in.
struct Difference {
  int object;
  int element;  // of cells
  int64_t kernel;
  int64_t mirror;
};

// Reads all that this worker can see, into the page if there is one. The first difference.
std::optional<Difference> LookAtObjects(const Program& program, const int64_t* state,
                                        Objects& objects, BatonPage* baton);

// The same of one object, if this worker can see it.
std::optional<Difference> LookAtObject(int object, const Program& program, const int64_t* state,
                                       Objects& objects, BatonPage& baton);

// Not to be told any more until somebody looks again.
void Forget(int object, BatonPage& baton);

// For the end of a free run: takes cells and semaphores over into the state.
void TakeOver(const Program& program, Objects& objects, int64_t* state);

}  // namespace ipclab
