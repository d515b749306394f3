// What came of one operation of a mechanism. Kept small and free of allocation; errno says the
// rest.
#pragma once

#include <cstdint>

namespace ipclab {

enum class IoStatus : uint8_t {
  kOk,
  kWouldBlock,  // nothing was done; from the Try forms, and Receive where messages get lost
  kPeerClosed,  // the other end is gone; nothing more will come or go
  kError,       // see error()
};

}  // namespace ipclab
