// What is inside every message: a header of sequence number and last mark, in STREAM the moment it
// was sent, and the payload. Used by the patterns only.
//
// The header is (sequence << 1 | last), little-endian, cut to the message when that is shorter than
// 8 bytes: a message of one byte carries 7 bits of the sequence. The stamp follows where the
// pattern has one and the message holds both.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace ipclab {

static_assert(std::endian::native == std::endian::little, "headers are cut short by memcpy");

class MessageFormat {
 public:
  struct Header {
    uint64_t sequence;  // its lowest sequence_bits() bits
    bool last;
  };

  // Of a message of so many bytes: how many hold more than payload, at most.
  static constexpr int64_t BytesBeforePayload(int64_t message_bytes) {
    return std::min<int64_t>(message_bytes, 2 * sizeof(uint64_t));
  }

  // pattern_stamps: the pattern's messages carry the moment they were sent if they are long enough.
  MessageFormat(size_t message_bytes, bool pattern_stamps)
      : bytes_(message_bytes),
        header_bytes_(std::min<size_t>(sizeof(uint64_t), message_bytes)),
        stamped_(pattern_stamps && message_bytes >= 2 * sizeof(uint64_t)) {}

  size_t bytes() const { return bytes_; }
  bool stamped() const { return stamped_; }
  // 0 where messages are empty: those of events carry nothing.
  int sequence_bits() const {
    return header_bytes_ == 0 ? 0 : static_cast<int>(header_bytes_) * 8 - 1;
  }

  void WriteHeader(std::span<std::byte> message, uint64_t sequence, bool last) const {
    const uint64_t header = sequence << 1 | static_cast<uint64_t>(last);
    // A constant size is one store; a variable one is a call.
    if (header_bytes_ == sizeof header) [[likely]] {
      std::memcpy(message.data(), &header, sizeof header);
    } else {
      std::memcpy(message.data(), &header, header_bytes_);
    }
  }

  Header ReadHeader(std::span<const std::byte> message) const {
    uint64_t header = 0;
    if (header_bytes_ == sizeof header) [[likely]] {
      std::memcpy(&header, message.data(), sizeof header);
    } else {
      std::memcpy(&header, message.data(), header_bytes_);
    }
    return {header >> 1, (header & 1) != 0};
  }

  // Only when stamped().
  void WriteStamp(std::span<std::byte> message, uint64_t ticks) const {
    std::memcpy(message.data() + sizeof(uint64_t), &ticks, sizeof ticks);
  }
  uint64_t ReadStamp(std::span<const std::byte> message) const {
    uint64_t ticks;
    std::memcpy(&ticks, message.data() + sizeof(uint64_t), sizeof ticks);
    return ticks;
  }

  // What is neither header nor stamp; may be empty.
  std::span<std::byte> Payload(std::span<std::byte> message) const {
    return message.subspan(stamped_ ? 2 * sizeof(uint64_t) : header_bytes_);
  }

 private:
  size_t bytes_;
  size_t header_bytes_;
  bool stamped_;
};

}  // namespace ipclab
