// The one list of all mechanisms, in the order in which they are shown.

#include <array>

#include "worker/mechanism.h"

namespace ipclab {

extern const Mechanism kBarrier;
extern const Mechanism kBoostMq;
extern const Mechanism kBroadcastRing;
extern const Mechanism kCma;
extern const Mechanism kCondvar;
extern const Mechanism kDbus;
extern const Mechanism kEventfd;
extern const Mechanism kFcntlLock;
extern const Mechanism kFifo;
extern const Mechanism kFlock;
extern const Mechanism kFutexEvent;
extern const Mechanism kFutexLock;
extern const Mechanism kIoUring;
extern const Mechanism kMcsLock;
extern const Mechanism kMemfd;
extern const Mechanism kMemfdPass;
extern const Mechanism kMemfdRing;
extern const Mechanism kMmapFile;
extern const Mechanism kMmapFileRing;
extern const Mechanism kMpmcRing;
extern const Mechanism kMutex;
extern const Mechanism kNng;
extern const Mechanism kNull;
extern const Mechanism kOfdLock;
extern const Mechanism kPipe;
extern const Mechanism kPipeEvent;
extern const Mechanism kPosixMq;
extern const Mechanism kPosixSemNamed;
extern const Mechanism kPosixSemUnnamed;
extern const Mechanism kPosixShm;
extern const Mechanism kPosixShmRing;
extern const Mechanism kRwLock;
extern const Mechanism kSeqlock;
extern const Mechanism kSignal;
extern const Mechanism kSpinlock;
extern const Mechanism kSysvMq;
extern const Mechanism kSysvSem;
extern const Mechanism kSysvShm;
extern const Mechanism kSysvShmRing;
extern const Mechanism kTcp6;
extern const Mechanism kTcp;
extern const Mechanism kTicketLock;
extern const Mechanism kUdp6;
extern const Mechanism kUdp;
extern const Mechanism kUnixDgram;
extern const Mechanism kUnixSeqpacket;
extern const Mechanism kUnixStream;
extern const Mechanism kVmsplice;
extern const Mechanism kZeromq;

std::span<const Mechanism* const> AllMechanisms() {
  static constexpr std::array kMechanisms = {
      &kPipe,      &kFifo,          &kPosixMq,       &kSysvMq,        &kUnixStream,
      &kUnixDgram, &kUnixSeqpacket, &kTcp,           &kTcp6,          &kUdp,
      &kUdp6,      &kPosixShmRing,  &kSysvShmRing,   &kMmapFileRing,  &kMemfdRing,
      &kMpmcRing,  &kSeqlock,       &kBroadcastRing, &kCma,           &kVmsplice,
      &kMemfdPass, &kIoUring,       &kDbus,          &kZeromq,        &kNng,
      &kBoostMq,   &kNull,          &kMutex,         &kPosixSemNamed, &kPosixSemUnnamed,
      &kSysvSem,   &kSpinlock,      &kTicketLock,    &kMcsLock,       &kFutexLock,
      &kRwLock,    &kCondvar,       &kBarrier,       &kFlock,         &kFcntlLock,
      &kOfdLock,   &kEventfd,       &kFutexEvent,    &kSignal,        &kPipeEvent,
      &kPosixShm,  &kSysvShm,       &kMmapFile,      &kMemfd,
  };
  return kMechanisms;
}

}  // namespace ipclab
