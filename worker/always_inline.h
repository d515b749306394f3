// For what lies between a pattern and shared memory: left to itself the compiler makes calls of it,
// which cost a ring that is spun on half its rate.
#pragma once

#define IPCLAB_INLINE [[gnu::always_inline]]
