// UniqueFd owns one file descriptor and closes it. Used wherever a descriptor is held.
//
// Movable, not copyable. Not thread safe; one owner.
#pragma once

#include <utility>

namespace ipclab {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.Release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) Reset(other.Release());
    return *this;
  }
  ~UniqueFd() { Reset(); }

  // -1 when it owns nothing.
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

  // Gives the descriptor away; the caller closes it.
  int Release() { return std::exchange(fd_, -1); }

  // Closes what it owns and owns fd instead. Keeps errno.
  void Reset(int fd = -1);

 private:
  int fd_ = -1;
};

}  // namespace ipclab
