// How much memory a search may have, and has: everything that grows asks before it does.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ipclab {

class ByteBudget {
 public:
  explicit ByteBudget(int64_t most) : most_(most) {}

  // False when that is too much: then nothing was taken.
  bool Take(int64_t bytes) {
    if (bytes > most_ - used_) return false;
    used_ += bytes;
    return true;
  }
  int64_t used() const { return used_; }

  // Makes room for more elements behind the last, by half as much again where there is none.
  template <class T>
  bool MakeRoom(std::vector<T>& elements, size_t more = 1) {
    const size_t needed = elements.size() + more;
    if (needed <= elements.capacity()) return true;
    const size_t capacity = std::max(needed, elements.capacity() + elements.capacity() / 2 + 16);
    const size_t grows = capacity - elements.capacity();
    if (!Take(static_cast<int64_t>(grows * sizeof(T)))) return false;
    elements.reserve(capacity);
    return true;
  }

 private:
  const int64_t most_;
  int64_t used_ = 0;
};

}  // namespace ipclab
