// What every receiving part of a pattern does with a message once the clock was read: its sequence
// number and, when asked for, its contents are checked, warm-up or not.
#pragma once

#include "worker/figures.h"
#include "worker/payload.h"
#include "worker/traffic.h"

namespace ipclab {

struct CheckedArrival {
  Arrival arrival;
  bool last;  // the leg ends with it
};

// number: the one in the message, not the one that was due: contents and header must agree.
inline void CheckContents(Traffic& traffic, Figures& figures, uint64_t number) {
  if (traffic.verify() && !PayloadMatches(traffic.format().Payload(traffic.incoming()), number)) {
    figures.Corrupted();
  }
}

inline CheckedArrival CheckArrival(Traffic& traffic, Figures& figures) {
  const MessageFormat::Header header = traffic.format().ReadHeader(traffic.incoming());
  const Arrival arrival = traffic.arrivals().Take(header.sequence);
  figures.Arrived(arrival);
  CheckContents(traffic, figures, header.sequence);
  return {arrival, header.last && arrival.is_new()};
}

}  // namespace ipclab
