#include "lab.pml"

byte s = 1;
byte done;
byte inside;

active [workers] proctype Worker() {
  byte seen;
  wait(s);
  enter(inside, 1);
  seen = done;
  d_step { done = seen + 1; seen = 0 };
  leave(inside);
  d_step { post(s); End };
  Stay
}

/* trywait, and what follows where it let the visitor in. */
active proctype Visitor() {
#if defined(VARIANT_paired)
  if
  :: d_step { s > 0 -> s-- }; d_step { post(s); End }
  :: d_step { s == 0 -> End }
  fi;
#elif defined(VARIANT_stray)
  if
  :: d_step { s > 0 -> s-- }
  :: s == 0
  fi;
  d_step { post(s); End };
#endif
  Stay
}

Ends(workers + 1, done == workers, printf("done=%d", done))
