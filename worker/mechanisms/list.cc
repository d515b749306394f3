// The one list of all mechanisms, in the order in which they are shown.

#include <array>

#include "worker/mechanism.h"

namespace ipclab {

extern const Mechanism kBoostMq;
extern const Mechanism kBroadcastRing;
extern const Mechanism kCma;
extern const Mechanism kDbus;
extern const Mechanism kFifo;
extern const Mechanism kIoUring;
extern const Mechanism kMemfdPass;
extern const Mechanism kMemfdRing;
extern const Mechanism kMmapFileRing;
extern const Mechanism kMpmcRing;
extern const Mechanism kNng;
extern const Mechanism kNull;
extern const Mechanism kPipe;
extern const Mechanism kPosixMq;
extern const Mechanism kPosixShmRing;
extern const Mechanism kSeqlock;
extern const Mechanism kSysvMq;
extern const Mechanism kSysvShmRing;
extern const Mechanism kTcp;
extern const Mechanism kTcp6;
extern const Mechanism kUdp;
extern const Mechanism kUdp6;
extern const Mechanism kUnixDgram;
extern const Mechanism kUnixSeqpacket;
extern const Mechanism kUnixStream;
extern const Mechanism kVmsplice;
extern const Mechanism kZeromq;

std::span<const Mechanism* const> AllMechanisms() {
  static constexpr std::array kMechanisms = {
      &kPipe,          &kFifo,         &kPosixMq,   &kSysvMq,   &kUnixStream, &kUnixDgram,
      &kUnixSeqpacket, &kTcp,          &kTcp6,      &kUdp,      &kUdp6,       &kPosixShmRing,
      &kSysvShmRing,   &kMmapFileRing, &kMemfdRing, &kMpmcRing, &kSeqlock,    &kBroadcastRing,
      &kCma,           &kVmsplice,     &kMemfdPass, &kIoUring,  &kDbus,       &kZeromq,
      &kNng,           &kBoostMq,      &kNull};
  return kMechanisms;
}

}  // namespace ipclab
