// The small process: nothing but libc, so that its forks cost what forks must cost.

#include <cerrno>

#include "tests/bench/bare/acts.h"

int main() {
  using ipclab::bench::BareRequest;
  return ipclab::bench::Serve([](const BareRequest& request) {
    if (request.act == BareRequest::kForks) return ipclab::bench::Forks();
    if (request.act == BareRequest::kKills) return ipclab::bench::Kills(request);
    return ipclab::bench::Failure(EINVAL);
  });
}
