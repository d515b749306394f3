// The words of a state as few bytes: most are 0 or small. Equal words are equal bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ipclab {

// The most bytes that so many words can take.
constexpr size_t MostPackedBytes(size_t words) { return 9 * words; }

// Where the bytes end; there is room for MostPackedBytes.
uint8_t* PackWords(const int64_t* words, size_t count, uint8_t* bytes);

// Of what PackWords made of as many words; where the bytes end.
const uint8_t* UnpackWords(const uint8_t* bytes, int64_t* words, size_t count);

}  // namespace ipclab
