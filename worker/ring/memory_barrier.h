// A barrier that others need not take part in: membarrier(2). Who goes to sleep runs it, so that
// who publishes needs none. A process must have registered once to be reached.
#pragma once

namespace ipclab {

// Registers this process. False where the kernel has no such barrier or forbids it.
bool RegisterForBarriers();

// Makes every running thread of every registered process run a full barrier before it returns.
void RunBarrierEverywhere();

}  // namespace ipclab
