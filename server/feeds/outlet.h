// Where the engine writes a stream to: one message in flight, no queue. Implemented by the rpc
// layer, so that the engine knows no gRPC. Thread safe; shared by both.
#pragma once

#include <functional>

#include "absl/status/status.h"

namespace ipclab {

template <class Message>
class Outlet {
 public:
  virtual ~Outlet() = default;

  // Calls on_change, on any thread, whenever the outlet turns idle or closes. Set once, at first.
  virtual void OnChange(std::function<void()> on_change) = 0;

  // True when Write may be called: the message before is on its way and the client still there.
  virtual bool Idle() const = 0;

  // True when the client is gone or Finish was called: nothing can be written any more.
  virtual bool Closed() const = 0;

  virtual void Write(Message message) = 0;

  // Ends the stream; a message in flight still arrives. Later calls do nothing.
  virtual void Finish(const absl::Status& status) = 0;
};

}  // namespace ipclab
