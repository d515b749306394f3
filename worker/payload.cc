#include "worker/payload.h"

#include <cstring>

namespace ipclab {
namespace {

constexpr size_t kWord = sizeof(uint64_t);

// The index-th word: odd factors keep words of neighbouring messages and places apart, and the
// shift brings high bits into the low bytes that a short rest is cut to.
uint64_t Word(uint64_t sequence, size_t index) {
  const uint64_t word = (sequence + 1) * 0x9e3779b97f4a7c15 + index * 0xd6e8feb86659fd93;
  return word ^ word >> 29;
}

}  // namespace

void FillPayload(std::span<std::byte> payload, uint64_t sequence) {
  const size_t words = payload.size() / kWord;
  for (size_t i = 0; i < words; ++i) {
    const uint64_t word = Word(sequence, i);
    std::memcpy(payload.data() + i * kWord, &word, kWord);
  }
  const uint64_t word = Word(sequence, words);
  const std::span<std::byte> rest = payload.subspan(words * kWord);
  if (!rest.empty()) std::memcpy(rest.data(), &word, rest.size());
}

bool PayloadMatches(std::span<const std::byte> payload, uint64_t sequence) {
  const size_t words = payload.size() / kWord;
  uint64_t differences = 0;
  for (size_t i = 0; i < words; ++i) {
    uint64_t word;
    std::memcpy(&word, payload.data() + i * kWord, kWord);
    differences |= word ^ Word(sequence, i);
  }
  const uint64_t word = Word(sequence, words);
  const std::span<const std::byte> rest = payload.subspan(words * kWord);
  return differences == 0 && (rest.empty() || std::memcmp(rest.data(), &word, rest.size()) == 0);
}

}  // namespace ipclab
