// Copies a message into a slot or out of it, at a size known only at run time.
//
// The patterns write a message's header and stamp, 8 bytes each, just before it is sent. A wider
// load of those bytes cannot be served from the store buffer: it waits until that is drained, that
// is for the cache lines of all messages before, and one message after the other then pays a whole
// trip between the CPUs. So the first 16 bytes are copied as two words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "common/pages.h"

namespace ipclab {

// A word that the compiler may not join with its neighbour.
inline void CopyWord(std::byte* to, const std::byte* from) {
  uint64_t word;
  std::memcpy(&word, from, sizeof word);
  asm("" : "+r"(word));
  std::memcpy(to, &word, sizeof word);
}

inline uint64_t LoadWord(const std::byte* from) {
  uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// What of a line lies before the flag in its last word; see ring_memory.h.
inline constexpr size_t kLineBody = kCacheLine - sizeof(uint64_t);

inline void CopyMessage(std::byte* to, const std::byte* from, size_t bytes) {
  constexpr size_t kHeader = 2 * sizeof(uint64_t);
  if (bytes < kHeader) [[unlikely]] {
    std::memcpy(to, from, bytes);
    return;
  }
  CopyWord(to, from);
  CopyWord(to + sizeof(uint64_t), from + sizeof(uint64_t));
  if (bytes == kHeader) return;  // all that is looked at, mostly
  if (bytes < kLineBody) [[unlikely]] {
    std::memcpy(to + kHeader, from + kHeader, bytes - kHeader);
    return;
  }
  if (bytes == kCacheLine) {
    std::memcpy(to + kHeader, from + kHeader, kCacheLine - kHeader);
    return;
  }
  std::memcpy(to + kHeader, from + kHeader, kLineBody - kHeader);
  if (bytes == kLineBody) return;
  std::memcpy(to + kLineBody, from + kLineBody, bytes - kLineBody);
}

}  // namespace ipclab
