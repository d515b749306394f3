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

inline CheckedArrival CheckArrival(Traffic& traffic, Figures& figures) {
  const MessageFormat::Header header = traffic.format().ReadHeader(traffic.incoming());
  const Arrival arrival = traffic.arrivals().Take(header.sequence);
  figures.Arrived(arrival);
  // The number in the message, not the one that was due: contents and header must agree.
  if (traffic.verify() &&
      !PayloadMatches(traffic.format().Payload(traffic.incoming()), header.sequence)) {
    figures.Corrupted();
  }
  return {arrival, header.last && arrival.is_new()};
}

}  // namespace ipclab
