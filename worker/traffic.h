// What a worker's messages are made of: format, buffers, and where the sequence numbers stand. Made
// when the first leg begins, so that a parked worker holds no buffers; lives as long as the worker,
// so that the numbers go on from leg to leg.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "common/pages.h"
#include "worker/message.h"
#include "worker/sequence_check.h"

namespace ipclab {

// Zeroed, touched memory that begins on a cache line.
class MessageBuffer {
 public:
  explicit MessageBuffer(size_t bytes) : lines_((bytes + kCacheLine - 1) / kCacheLine) {}
  std::span<std::byte> First(size_t bytes) {
    return std::as_writable_bytes(std::span(lines_)).first(bytes);
  }

 private:
  struct alignas(kCacheLine) Line {
    std::array<std::byte, kCacheLine> bytes;
  };
  std::vector<Line> lines_;
};

class Traffic {
 public:
  // two_buffers: what is received must not land where it was sent from, or an echo that never came
  // would pass for one. Not for the loopback mechanism, which moves nothing but the header.
  Traffic(MessageFormat format, bool verify, bool two_buffers)
      : format_(format),
        verify_(verify),
        first_(format.bytes()),
        second_(two_buffers ? format.bytes() : 0),
        outgoing_(first_.First(format.bytes())),
        incoming_(two_buffers ? second_.First(format.bytes()) : outgoing_),
        arrivals_(format.sequence_bits()) {}
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  const MessageFormat& format() const { return format_; }
  bool verify() const { return verify_; }
  std::span<std::byte> outgoing() const { return outgoing_; }
  std::span<std::byte> incoming() const { return incoming_; }

  // The sequence number of the next message to send.
  uint64_t TakeSequence() { return std::exchange(next_to_send_, next_to_send_ + stride_); }
  uint64_t next_to_send() const { return next_to_send_; }

  // Where several send into one object: from the first message on the numbers are rank,
  // rank + stride, and so on. To be called again in every leg.
  void NumberAs(uint64_t rank, uint64_t stride) {
    if (next_to_send_ == 0) next_to_send_ = rank;
    stride_ = stride;
  }

  // The check of all that this worker receives.
  SequenceCheck& arrivals() { return arrivals_; }

 private:
  const MessageFormat format_;
  const bool verify_;
  MessageBuffer first_;
  MessageBuffer second_;
  const std::span<std::byte> outgoing_;
  const std::span<std::byte> incoming_;
  SequenceCheck arrivals_;
  uint64_t next_to_send_ = 0;
  uint64_t stride_ = 1;
};

}  // namespace ipclab
