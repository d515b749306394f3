// Counts the system calls of the calling thread by syscall user dispatch: the kernel hands each one
// back as a SIGSYS, whose handler counts it and has it made where it was to be made. So what it
// does to masks, stacks and restarts is what it always does.
//
// x86-64 from Linux 5.11 on, and not under a sanitizer. Used by Census; one at a time in a process.
// What it cannot follow it leaves alone: the leg goes on uncounted, and absent() says why.
#pragma once

#include <cstdint>
#include <string_view>

namespace ipclab {

class SystemCallCount {
 public:
  SystemCallCount() = default;
  SystemCallCount(const SystemCallCount&) = delete;
  SystemCallCount& operator=(const SystemCallCount&) = delete;
  ~SystemCallCount() { End(); }

  void Begin();
  void End();

  // Those made between Begin and End.
  int64_t made() const { return made_; }

  // Why there is no count; empty when there is.
  std::string_view absent() const { return absent_; }

 private:
  bool counting_ = false;
  int64_t made_ = 0;
  std::string_view absent_ = "not counted yet";
};

}  // namespace ipclab
