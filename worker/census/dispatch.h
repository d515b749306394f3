// Syscall user dispatch of the calling thread: every system call comes as a SIGSYS to a handler
// that counts it and lets it go on. See prctl(2), PR_SET_SYSCALL_USER_DISPATCH. x86-64 alone.
//
// Used by SystemCallCount; the process must have one thread and SIGSYS must not be blocked.
#pragma once

#include <cstdint>

namespace ipclab {

struct Dispatched {
  int64_t calls = 0;
  // The number of a call that this cannot follow: since then nothing was counted. -1: none.
  int left_alone = -1;
};

// False, with errno, where the kernel has no such thing or forbids it.
bool BeginDispatch();
Dispatched EndDispatch();

}  // namespace ipclab
