// Mechanisms that misbehave on purpose, for tests of what the lab makes of it. Each is a pipe until
// its moment comes. Chosen like any other, by id:
//
//   <act>_in_<place>   act:   exit3   ends with exit code 3
//                             segv    dies of SIGSEGV
//                             kill    dies of SIGKILL
//                             stop    stops itself by SIGSTOP
//                             hang    sleeps for ever
//                             error   fails with EIO
//                      place: host; join; send: instead of sending message number kFatefulCall;
//                             receive: once that message is in. In a round trip it is therefore the
//                             initiator that fails to send, and the responder to receive.
//   drops              loses every tenth message            (STREAM only: an echo would not come)
//   swaps              sends every tenth after the next one (STREAM only)
//   duplicates         sends every tenth twice
//   corrupts           changes the last byte of every tenth
//   stalls             holds up the sending of message number kStalledSend for kStallNanos
//   leaves_shm         makes a shared memory object and a FIFO, and leaves both behind
//   not_here           is unavailable on every host
#pragma once

#include <span>

#include "worker/mechanism.h"

namespace ipclab {

// Which message of one end it is, counted from 1.
inline constexpr int kFatefulCall = 10;

inline constexpr int kStalledSend = 500;
inline constexpr int64_t kStallNanos = 10'000'000;

// The real ones and all of these.
std::span<const Mechanism* const> ScriptedMechanisms();

}  // namespace ipclab
