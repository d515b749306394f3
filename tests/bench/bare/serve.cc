#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/bare/acts.h"

namespace ipclab::bench {

int Serve(BareAnswer (*act)(const BareRequest&)) {
  BareRequest request;
  while (::recv(STDIN_FILENO, &request, sizeof request, 0) == sizeof request) {
    const BareAnswer answer = act(request);
    if (::send(STDIN_FILENO, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer) return 1;
  }
  return 0;
}

}  // namespace ipclab::bench
