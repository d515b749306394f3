// How a worker waits for a lock, for every mechanism alike: as waiting_channel.h does for channels.
#pragma once

#include <memory>

#include "common/clock.h"
#include "ipclab/v1/measure.pb.h"
#include "worker/lock.h"

namespace ipclab {

// The lock to use for this wait: lock itself for BLOCK. clock must outlive it.
std::unique_ptr<Lock> MakeWaiting(std::unique_ptr<Lock> lock, v1::MeasureSpec::Wait wait,
                                  const Clock& clock);

}  // namespace ipclab
