// What a benchmark asks of a bare program over the SEQPACKET socket that is its standard input,
// and what it answers: one record each, both of one build.
#pragma once

#include <array>
#include <cstdint>

namespace ipclab::bench {

struct BareRequest {
  enum Act : int32_t {
    kForks,       // two children that each say a word: until both have been heard
    kRoundTrips,  // two pinned children that pass a message to and fro
    kKills,       // count idle children: from their SIGKILL until the last is gone
  };
  enum Wire : int32_t {
    kPipe,
    kFifo,
    kUnixStream,
    kUnixSeqpacket,
    kTcp,
    kPosixMq,
    kSysvMq,
    kEventfd,
    kFutexEvent,
    kSignal
  };
  Act act;
  Wire wire = kPipe;  // kRoundTrips: what they go over
  int32_t count;      // of messages, or of children
  int32_t warm_up;    // messages before those that count
  int32_t message_bytes;
  std::array<int32_t, 2> cpus;  // of the two children
};

struct BareAnswer {
  int32_t error;  // errno; 0 when it was done
  int64_t nanos;  // kRoundTrips: the median; else the time that it took
};

}  // namespace ipclab::bench
