// Child owns one forked process: destroying it kills its process group and reaps it, and
// keeps errno.
//
// Plain fork(), never a raw clone: glibc caches the thread id, and mutexes that know their owner
// would know the wrong one. The calling process must have one thread.
#pragma once

#include <sys/types.h>

#include <utility>

#include "absl/functional/function_ref.h"

namespace ipclab {

class Child {
 public:
  Child() = default;
  Child(Child&& other) noexcept : pid_(other.Forget()) {}
  Child& operator=(Child&& other) noexcept {
    std::swap(pid_, other.pid_);
    return *this;
  }
  ~Child();

  // Forks. The new process runs body, which must not return. An empty Child with errno set when the
  // kernel refuses.
  static Child Fork(absl::FunctionRef<void()> body);

  explicit operator bool() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }

  // Gives the pid up: the process was reaped elsewhere.
  pid_t Forget() { return std::exchange(pid_, 0); }

 private:
  explicit Child(pid_t pid) : pid_(pid) {}

  pid_t pid_ = 0;
};

}  // namespace ipclab
