// Copies a message to and from memory that somebody else may write or read at the same moment. What
// comes out may be torn, half old and half new, but it is no data race: every word is an atomic.
// Whoever copies out must find out whether it was torn.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace ipclab {

using AtomicWord = std::atomic<uint64_t>;
static_assert(AtomicWord::is_always_lock_free);

constexpr size_t WordsFor(size_t bytes) {
  return (bytes + sizeof(uint64_t) - 1) / sizeof(uint64_t);
}

inline void StoreWords(AtomicWord* to, std::span<const std::byte> from) {
  const size_t whole = from.size() / sizeof(uint64_t);
  uint64_t word;
  for (size_t i = 0; i < whole; ++i) {
    std::memcpy(&word, from.data() + i * sizeof word, sizeof word);
    to[i].store(word, std::memory_order_relaxed);
  }
  if (const size_t rest = from.size() % sizeof word; rest != 0) {
    word = 0;
    std::memcpy(&word, from.data() + whole * sizeof word, rest);
    to[whole].store(word, std::memory_order_relaxed);
  }
}

inline void LoadWords(std::span<std::byte> to, const AtomicWord* from) {
  const size_t whole = to.size() / sizeof(uint64_t);
  uint64_t word;
  for (size_t i = 0; i < whole; ++i) {
    word = from[i].load(std::memory_order_relaxed);
    std::memcpy(to.data() + i * sizeof word, &word, sizeof word);
  }
  if (const size_t rest = to.size() % sizeof word; rest != 0) {
    word = from[whole].load(std::memory_order_relaxed);
    std::memcpy(to.data() + whole * sizeof word, &word, rest);
  }
}

}  // namespace ipclab
