// One end of a connection over one mechanism: what Mechanism::host and Mechanism::join return, and
// all that the patterns know of a mechanism.
//
// Used by one worker's only thread. Destroying it closes this end. Messages have one fixed size,
// chosen at creation; framing, where the mechanism keeps no borders, is the channel's own.
//
// What carries events is a channel too, of empty messages: Send notifies, Receive waits until it
// was notified and takes all notifications that the mechanism hands out at once.
//
// Send and Receive are on the measured path: no allocation, lock, log or protobuf.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "worker/io_status.h"

namespace ipclab {

// How long Receive waits for a message that may have been lost.
inline constexpr std::chrono::milliseconds kLossyPatience(50);

class Channel {
 public:
  virtual ~Channel() = default;

  // Called once, when both ends are there and before the first message: what can be done only then,
  // as accept. May wait for the other end.
  virtual absl::Status Connect() { return absl::OkStatus(); }

  // Sends the whole message, or takes the whole next message, waiting in the kernel as long as it
  // takes. message.size() is the size chosen at creation.
  virtual IoStatus Send(std::span<const std::byte> message) = 0;
  virtual IoStatus Receive(std::span<std::byte> message) = 0;

  // The same without waiting: all or nothing.
  virtual IoStatus TrySend(std::span<const std::byte> message) = 0;
  virtual IoStatus TryReceive(std::span<std::byte> message) = 0;

  // A record of a lab program. Its tag, a priority or a type, is in the message; what is received
  // in another order than it was sent, by the tag, looks at it here. wait: as Send and Receive,
  // else as the try forms. type: what Op::kReceiveType says; 0: any.
  virtual IoStatus SendRecord(std::span<const std::byte> record, int64_t /*tag*/, bool wait) {
    return wait ? Send(record) : TrySend(record);
  }
  virtual IoStatus ReceiveRecord(std::span<std::byte> record, int64_t /*type*/, bool wait) {
    return wait ? Receive(record) : TryReceive(record);
  }

  // Puts on their way the messages that a mechanism which sends in batches still holds back.
  // Whoever sends no more for now calls it; Receive does where messages go both ways.
  virtual void Flush() {}

  // A descriptor that polls readable when a message may be there, for who waits for several
  // channels at once: after kWouldBlock from TryReceive. -1 where there is none.
  virtual int ReadableDescriptor() const { return -1; }

  // Bytes, or messages where the mechanism keeps borders, that wait to be received at this end, as
  // the kernel tells; UNIMPLEMENTED with the reason where it does not. An end that only sends tells
  // the same of the other one where the kernel lets it.
  virtual absl::StatusOr<int64_t> Depth() const = 0;

  // Reads that were made again because a writer was at work meanwhile.
  virtual int64_t Retries() const { return 0; }

  // errno of the last kError.
  int error() const { return error_; }

 protected:
  IoStatus Fail(int error) {
    error_ = error;
    return IoStatus::kError;
  }

 private:
  int error_ = 0;
};

}  // namespace ipclab
