#include "common/explore/packed_words.h"

#include <bit>
#include <cstring>

namespace ipclab {
namespace {

static_assert(std::endian::native == std::endian::little);

// The first byte says what follows: a word below kZeros is that byte; kZeros + n are n + 2 words
// that are 0; kLong + n is a word of the n + 1 bytes that follow, the lowest first.
constexpr uint64_t kZeros = 0xc0;
constexpr uint64_t kLong = 0xf8;
constexpr size_t kMostZeros = kLong - kZeros + 1;

// Small numbers below 0 are small too.
uint64_t Folded(int64_t word) {
  return static_cast<uint64_t>(word) << 1 ^ static_cast<uint64_t>(word >> 63);
}

int64_t Unfolded(uint64_t folded) { return static_cast<int64_t>(folded >> 1 ^ (0 - (folded & 1))); }

uint8_t* PackLong(uint64_t folded, uint8_t* bytes) {
  const auto length = static_cast<size_t>(64 - std::countl_zero(folded) + 7) / 8;
  *bytes++ = static_cast<uint8_t>(kLong + length - 1);
  std::memcpy(bytes, &folded, length);
  return bytes + length;
}

}  // namespace

uint8_t* PackWords(const int64_t* words, size_t count, uint8_t* bytes) {
  const int64_t* const end = words + count;
  while (words < end) {
    const uint64_t folded = Folded(*words++);
    if (folded != 0) {
      if (folded < kZeros) {
        *bytes++ = static_cast<uint8_t>(folded);
      } else {
        bytes = PackLong(folded, bytes);
      }
      continue;
    }
    size_t zeros = 1;
    while (words < end && *words == 0 && zeros < kMostZeros) {
      ++words;
      ++zeros;
    }
    *bytes++ = static_cast<uint8_t>(zeros == 1 ? 0 : kZeros + zeros - 2);
  }
  return bytes;
}

const uint8_t* UnpackWords(const uint8_t* bytes, int64_t* words, size_t count) {
  int64_t* const end = words + count;
  while (words < end) {
    const uint64_t first = *bytes++;
    if (first < kZeros) {
      *words++ = Unfolded(first);
    } else if (first < kLong) {
      const size_t zeros = first - kZeros + 2;
      std::memset(words, 0, zeros * sizeof(int64_t));
      words += zeros;
    } else {
      const size_t length = first - kLong + 1;
      uint64_t folded = 0;
      std::memcpy(&folded, bytes, length);
      bytes += length;
      *words++ = Unfolded(folded);
    }
  }
  return bytes;
}

}  // namespace ipclab
