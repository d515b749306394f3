// Lots that a seed decides: the same on every machine, whatever its library calls random.
#pragma once

#include <bit>
#include <cstdint>

namespace ipclab {

// SplitMix64.
class Lots {
 public:
  explicit Lots(uint64_t seed) : state_(seed) {}

  uint64_t Draw() {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t mixed = state_;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
  }

  // 0 to count - 1, each alike; count > 0.
  uint64_t Below(uint64_t count) {
    // What is above the greatest multiple of count would make the lower numbers likelier.
    const uint64_t excess = (UINT64_MAX % count + 1) % count;
    uint64_t drawn = Draw();
    while (drawn > UINT64_MAX - excess) drawn = Draw();
    return drawn % count;
  }

  // One of the bits that are set, alike; there is one.
  int BitOf(uint32_t bits) {
    for (uint64_t skipped = Below(static_cast<uint64_t>(std::popcount(bits))); skipped > 0;
         --skipped) {
      bits &= bits - 1;
    }
    return std::countr_zero(bits);
  }

 private:
  uint64_t state_;
};

}  // namespace ipclab
