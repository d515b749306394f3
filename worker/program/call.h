// The real operations of a lab program on a worker's ends of its objects: without waiting, as in
// stepped runs, and waiting in the kernel, as in free ones. What is the lab's own (conditions,
// barriers, critical sections, await) is not done here.
//
// No allocation, no lock, no protobuf: free runs live here.
#pragma once

#include <cstdint>

#include "common/program/apply.h"
#include "worker/io_status.h"
#include "worker/program/object_end.h"

namespace ipclab {

// What a call gave, as a C programmer would see it.
struct Outcome {
  bool called = false;              // false: nothing real was done
  IoStatus status = IoStatus::kOk;  // kWouldBlock where it would have to wait
  int64_t result = 0;               // as Event::result
  int error = 0;                    // as Event::error
};

// True of what is done on an end.
bool IsCall(Op op);

// Does the operation on its object's end. kFutexWait: the kernel compares and would sleep; it does
// not. kCondWait: releases or takes the mutex that end is of. Unlocking what is not held is not
// done but where the lock itself says that it is an error.
Outcome Try(ObjectEnd& end, const Operation& operation);

// The same, waiting as long as it takes. kFutexWait sleeps until it is woken, or for nothing on a
// signal. kWouldBlock then says that waiting does not help: a semaphore counts no further.
Outcome Do(ObjectEnd& end, const Operation& operation);

}  // namespace ipclab
