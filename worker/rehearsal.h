// After a fork the first write to every page is a fault, and so is the first instruction on it: for
// a new process these are most of what its first message costs. So whoever will be asked for
// something goes through the motions of it beforehand, when nobody waits.
#pragma once

namespace ipclab {

// Sends, receives and obeys a made-up command to start two workers, on this process alone. What
// fails is not missed.
void Rehearse();

}  // namespace ipclab
