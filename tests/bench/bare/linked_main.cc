// A process with the libraries of the zygote: it has the lab's clock, and its forks tell what part
// of their cost is due to the libraries.

#include <cerrno>

#include "tests/bench/bare/acts.h"

int main() {
  using ipclab::bench::BareRequest;
  static const ipclab::Clock clock = ipclab::Clock::Calibrate();
  return ipclab::bench::Serve([](const BareRequest& request) {
    if (request.act == BareRequest::kForks) return ipclab::bench::Forks();
    if (request.act == BareRequest::kRoundTrips) return ipclab::bench::RoundTrips(request, clock);
    return ipclab::bench::Failure(EINVAL);
  });
}
