// The control of several benchmarks: a small process that links no gRPC, does what it is told once
// per request, and ends with its socket.

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "tests/bench/bare/acts.h"

int main() {
  using ipclab::bench::BareAnswer;
  using ipclab::bench::BareRequest;
  const ipclab::Clock clock = ipclab::Clock::Calibrate();
  BareRequest request;
  while (::recv(STDIN_FILENO, &request, sizeof request, 0) == sizeof request) {
    BareAnswer answer = {.error = EINVAL, .nanos = 0, .total_nanos = 0};
    if (request.act == BareRequest::kForks) answer = ipclab::bench::Forks(clock);
    if (request.act == BareRequest::kRoundTrips) answer = ipclab::bench::RoundTrips(request, clock);
    if (request.act == BareRequest::kKills) answer = ipclab::bench::Kills(request, clock);
    if (::send(STDIN_FILENO, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer) return 1;
  }
  return 0;
}
