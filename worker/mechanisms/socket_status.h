// What errno of a socket's send or receive means for a channel. Used by the socket channels.
#pragma once

#include <cerrno>

namespace ipclab {

// True when it says that the other end is gone: closed in order, killed with messages unread, or
// never to be reached again.
inline bool MeansPeerClosed(int error) {
  return error == EPIPE || error == ECONNRESET || error == ECONNREFUSED || error == ENOTCONN;
}

}  // namespace ipclab
