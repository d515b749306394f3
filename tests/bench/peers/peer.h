// A peer: another program that times the same thing, and the figure of ipclab's that belongs beside
// its own. Data; who runs it is peer_run.h, who measures ipclab is own_figure.h.
#pragma once

#include <string>
#include <vector>

#include "ipclab/v1/mechanism.pb.h"
#include "tests/bench/peers/parsers.h"

namespace ipclab::bench {

// What ipclab measures beside a peer.
struct OwnFigure {
  enum Statistic {
    kMean,        // of the latencies
    kMedian,      // of the latencies
    kPerMessage,  // time over messages, at the receiver
  };

  const char* mechanism;
  v1::Pattern::Kind pattern;
  int bytes;  // 0 where no message is carried
  Statistic statistic;
  double part = 1;  // of the value: 0.5 is half a round trip
};

struct Peer {
  const char* name;     // as a user chooses it; several may have the same
  const char* package;  // Debian's
  // The command line, the program first. "{port}" is a free port.
  std::vector<std::string> command;
  // What must listen on {port} before; empty: nobody.
  std::vector<std::string> server = {};
  Parser parse;
  // What the figure is multiplied by: 2 where the peer says half a round trip.
  double times = 1;
  // Without a server: how many threads it has once the two that talk are there, they last. They
  // are pinned from outside then, because the peer cannot do it.
  size_t threads = 0;
  OwnFigure own;
  const char* measures;  // one line: what its figure is, and how it differs from ipclab's
};

const std::vector<Peer>& Peers();

}  // namespace ipclab::bench
