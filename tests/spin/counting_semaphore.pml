#include "lab.pml"

byte free = permits;
byte s = permits;
byte inside;

active [workers] proctype Worker() {
#if defined(VARIANT_check_then_take)
  byte seen;
  free > 0;
  seen = free;
  d_step { free = seen - 1; seen = 0 };
#else
  wait(s);
#endif
  enter(inside, permits);
  leave(inside);
#if defined(VARIANT_check_then_take)
  seen = free;
  d_step { free = seen + 1; seen = 0; End };
#else
  d_step { post(s); End };
#endif
  Stay
}

Ends(workers, true, printf("free=%d", free))
