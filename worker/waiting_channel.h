// How a worker waits, for every mechanism alike: a channel around another one that tries its
// non-blocking forms again and again, for ever (SPIN) or for a while before it calls the blocking
// one (SPIN_THEN_BLOCK). BLOCK needs none of this: the channel is used as it is.
//
// Used by Links; the patterns see a Channel like any other.
#pragma once

#include <chrono>
#include <memory>

#include "common/clock.h"
#include "ipclab/v1/experiment.pb.h"
#include "worker/channel.h"

namespace ipclab {

// How long SPIN_THEN_BLOCK tries: about what it costs to put a process to sleep and to wake it on
// another CPU of a virtual machine, so that waiting costs at most twice the better choice.
inline constexpr std::chrono::microseconds kSpinTime(50);

// The channel to use for this wait: channel itself for BLOCK. SPIN of a lossy channel gives up a
// Receive after kLossyPatience, as the blocking form does. clock must outlive it.
//
// SPIN cannot send what never fits at once, whoever reads: Send fails with EMSGSIZE.
// SPIN_THEN_BLOCK leaves it to the blocking form.
std::unique_ptr<Channel> MakeWaiting(std::unique_ptr<Channel> channel, v1::MeasureSpec::Wait wait,
                                     bool lossy, const Clock& clock);

}  // namespace ipclab
