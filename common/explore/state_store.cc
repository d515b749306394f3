#include "common/explore/state_store.h"

#include <algorithm>
#include <cstring>

#include "common/explore/packed_words.h"

namespace ipclab {
namespace {

constexpr size_t kLeastChunk = 4 << 10;
constexpr size_t kMostChunk = 1 << 20;
constexpr size_t kLeastSlots = 64;
constexpr size_t kMostNumbers = UINT32_MAX - 1;

// Eight bytes at a time; the 32 bits that depend on all.
uint32_t HashOfBytes(const uint8_t* bytes, size_t length) {
  constexpr uint64_t kFactor = 0x9fb21c651e98df25;
  uint64_t hash = 0x2545f4914f6cdd1d ^ length;
  for (; length > 0;) {
    const size_t part = std::min<size_t>(length, 8);
    uint64_t word = 0;
    std::memcpy(&word, bytes, part);
    hash = (hash ^ word) * kFactor;
    hash ^= hash >> 32;
    bytes += part;
    length -= part;
  }
  hash *= kFactor;
  return static_cast<uint32_t>(hash >> 32);
}

}  // namespace

StateStore::StateStore(size_t words, ByteBudget& budget)
    : words_(words), budget_(budget), packed_(MostPackedBytes(words)) {}

std::optional<StateStore::Known> StateStore::Add(const int64_t* words) {
  const auto length =
      static_cast<size_t>(PackWords(words, words_, packed_.data()) - packed_.data());
  const uint64_t hash = HashOfBytes(packed_.data(), length);
  if (slots_.empty() && !Grow()) return std::nullopt;
  size_t slot = hash & (slots_.size() - 1);
  for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
    if (slots_[slot] >> 32 != hash) continue;
    const auto number = static_cast<uint32_t>(slots_[slot]) - 1;
    if (Matches(number, length)) return Known{number, false};
  }
  if (4 * (places_.size() + 1) > 3 * slots_.size()) {
    if (!Grow()) return std::nullopt;
    slot = hash & (slots_.size() - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
  }
  if (!Keep(length)) return std::nullopt;
  slots_[slot] = hash << 32 | places_.size();
  return Known{static_cast<uint32_t>(places_.size() - 1), true};
}

// A row is never the beginning of another one with as many words, so its length need not be kept.
bool StateStore::Matches(uint32_t number, size_t length) const {
  const Place& place = places_[number];
  const Chunk& chunk = chunks_[place.chunk];
  return length <= chunk.size - place.offset &&
         std::memcmp(chunk.bytes.get() + place.offset, packed_.data(), length) == 0;
}

bool StateStore::Grow() {
  const size_t size = std::max(kLeastSlots, 2 * slots_.size());
  if (!budget_.Take(static_cast<int64_t>((size - slots_.size()) * sizeof(uint64_t)))) return false;
  std::vector<uint64_t> larger(size);
  for (const uint64_t taken : slots_) {
    if (taken == 0) continue;
    size_t slot = taken >> 32 & (size - 1);
    while (larger[slot] != 0) slot = (slot + 1) & (size - 1);
    larger[slot] = taken;
  }
  slots_ = std::move(larger);
  return true;
}

bool StateStore::Keep(size_t length) {
  if (places_.size() == kMostNumbers || !budget_.MakeRoom(places_)) return false;
  if ((chunks_.empty() || length > chunks_.back().size - used_) && !AddChunk(length)) return false;
  std::memcpy(chunks_.back().bytes.get() + used_, packed_.data(), length);
  places_.push_back({static_cast<uint32_t>(chunks_.size() - 1), static_cast<uint32_t>(used_)});
  used_ += length;
  return true;
}

bool StateStore::AddChunk(size_t least) {
  const size_t next = chunks_.empty() ? kLeastChunk : std::min(2 * chunks_.back().size, kMostChunk);
  const size_t size = std::max(next, least);
  if (!budget_.MakeRoom(chunks_) || !budget_.Take(static_cast<int64_t>(size))) return false;
  chunks_.push_back({std::make_unique<uint8_t[]>(size), size});
  used_ = 0;
  return true;
}

}  // namespace ipclab
