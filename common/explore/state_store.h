// All distinct rows of so many words that were met, numbered in order of their coming: for a search
// the states that it knows. Packed, compared as a whole: that two are the same never rests on a
// hash alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "common/explore/byte_budget.h"

namespace ipclab {

class StateStore {
 public:
  // words: of each. What it takes is taken from budget, which must outlive it.
  StateStore(size_t words, ByteBudget& budget);

  struct Known {
    uint32_t number;
    bool is_new;
  };
  // Absent when it is new and there is no room for it.
  std::optional<Known> Add(const int64_t* words);

  uint32_t size() const { return static_cast<uint32_t>(places_.size()); }

 private:
  // A piece of memory: it never moves, and a row lies in one of them.
  struct Chunk {
    std::unique_ptr<uint8_t[]> bytes;
    size_t size;
  };
  struct Place {
    uint32_t chunk;
    uint32_t offset;
  };

  bool Matches(uint32_t number, size_t length) const;
  bool Grow();
  // Puts packed_ behind the last row.
  bool Keep(size_t length);
  bool AddChunk(size_t least);

  const size_t words_;
  ByteBudget& budget_;
  std::vector<uint8_t> packed_;  // the row that is asked for
  std::vector<Chunk> chunks_;
  size_t used_ = 0;  // of the last chunk
  std::vector<Place> places_;
  // Open addressing: the number + 1 below, 32 bits of the hash above, which also say where to look
  // first; 0 is free. Its size is a power of two.
  std::vector<uint64_t> slots_;
};

}  // namespace ipclab
